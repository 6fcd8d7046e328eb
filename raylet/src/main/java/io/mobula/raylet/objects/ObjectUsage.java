package io.mobula.raylet.objects;

/**
 * Figures of the node's store, for heartbeats and people.
 *
 * @param capacityBytes all that objects can take
 * @param usedBytes what objects take now
 * @param objects how many there are, sealed or not
 * @param primaryBytes of sealed objects that only their owner's word deletes
 * @param secondaryBytes of pulled copies
 * @param waitingCreates objects that wait for room
 * @param pulls objects being pulled or waiting for it
 * @param pullBytesInFlight of admitted pulls
 * @param spilledObjects that are on disk, in memory as well or not
 * @param spilledBytes of those
 * @param spillFileBytes what the files take
 */
public record ObjectUsage(
    long capacityBytes,
    long usedBytes,
    long objects,
    long primaryBytes,
    long secondaryBytes,
    int waitingCreates,
    int pulls,
    long pullBytesInFlight,
    int spilledObjects,
    long spilledBytes,
    long spillFileBytes) {}
