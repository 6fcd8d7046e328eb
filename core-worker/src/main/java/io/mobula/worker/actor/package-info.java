/**
 * The caller's side of actors: handles, and each actor's calls in order, through restarts, to their
 * answers.
 *
 * <p>State machines without thread or clock. Owner thread: the core worker's loop. Start reading at
 * {@link io.mobula.worker.actor.ActorCallers}.
 */
@NullMarked
package io.mobula.worker.actor;

import org.jspecify.annotations.NullMarked;
