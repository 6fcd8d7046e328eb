package io.mobula.gcs;

/**
 * What the GCS says of itself in every welcome.
 *
 * @param hostId see {@code HostIdentity}
 * @param clusterId drawn once for the cluster
 */
record GcsIdentity(String hostId, long clusterId) {}
