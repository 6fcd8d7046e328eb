/**
 * The cluster's truth: nodes, jobs, processes, actors and key-value, as one deterministic state
 * machine that is fed from the log.
 *
 * <p>Owned by the thread that applies the log. Nothing here reads a clock, starts a thread or opens
 * a file. Start reading at {@link io.mobula.gcs.state.ClusterStateMachine}; the life of an actor is
 * {@code ActorTransitions}.
 */
@NullMarked
package io.mobula.gcs.state;

import org.jspecify.annotations.NullMarked;
