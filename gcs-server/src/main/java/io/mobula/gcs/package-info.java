/**
 * The head daemon: the agent that serves the cluster's truth to raylets and commands, and what is
 * known of the cluster only for the moment (loads, liveness, subscriptions).
 *
 * <p>One loop owns everything here except {@link io.mobula.gcs.GcsServer} and {@link
 * io.mobula.gcs.GcsMain}. Start reading at {@code GcsAgent}.
 */
@NullMarked
package io.mobula.gcs;

import org.jspecify.annotations.NullMarked;
