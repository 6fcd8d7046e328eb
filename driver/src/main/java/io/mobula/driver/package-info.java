/**
 * What a user's program adds to a core worker: {@code Mobula.init()}, an embedded cluster, the gRPC
 * connection to a raylet, and the shipping of classes.
 *
 * <p>Start reading at {@link io.mobula.driver.DriverProvider}. {@link
 * io.mobula.driver.ClusterClient} is for commands: it asks a cluster without being part of it.
 */
@NullMarked
package io.mobula.driver;

import org.jspecify.annotations.NullMarked;
