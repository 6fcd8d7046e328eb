/**
 * Class-path entries on their way from drivers to nodes of other hosts: asked of the driver once,
 * kept in a bounded folder, handed out in pieces.
 *
 * <p>Owned by the GCS's loop, except {@code PackageFolder}, whose thread does the disk work. Start
 * reading at {@link io.mobula.gcs.packages.PackageTransfers}.
 */
@NullMarked
package io.mobula.gcs.packages;

import org.jspecify.annotations.NullMarked;
