/**
 * The runtime of a driver or worker put together: the loop with its state machines, and the user
 * threads' way in and out.
 *
 * <p>{@link io.mobula.worker.runtime.CoreWorker} is the agent; {@link
 * io.mobula.worker.runtime.ClusterRuntime} is what user threads call; {@link
 * io.mobula.worker.runtime.CoreMessage} is all that passes between them. Start reading there.
 */
@NullMarked
package io.mobula.worker.runtime;

import org.jspecify.annotations.NullMarked;
