/**
 * The worker's side of tasks and actors: slots, the calls that queue there, the threads that run
 * user code, and the answers.
 *
 * <p>The loop owns {@link io.mobula.worker.execute.TaskSlots} and {@link
 * io.mobula.worker.execute.ActorHost}; user code runs on {@linkplain
 * io.mobula.worker.execute.WorkQueue its own threads}, which talk back by messages to the loop
 * alone. Start reading at {@link io.mobula.worker.execute.TaskSlots}.
 */
@NullMarked
package io.mobula.worker.execute;

import org.jspecify.annotations.NullMarked;
