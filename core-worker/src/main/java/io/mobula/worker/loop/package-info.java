/**
 * What runs on the loop of every driver and worker: the agent, and the state machines it hands
 * events to. Nothing here blocks or runs user code.
 *
 * <p>{@link io.mobula.worker.loop.CoreWorker} is the agent, {@link io.mobula.worker.loop.CorePhase}
 * its life; {@link io.mobula.worker.loop.CoreMessage} is all that comes from user threads, {@link
 * io.mobula.worker.loop.UserSide} what the loop wants of them. Start reading with {@link
 * io.mobula.worker.loop.WorkingPhase}.
 */
@NullMarked
package io.mobula.worker.loop;

import org.jspecify.annotations.NullMarked;
