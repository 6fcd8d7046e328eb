/**
 * The node's worker processes: which to start, which slot serves which lease, when to end them.
 *
 * <p>{@link io.mobula.raylet.worker.WorkerPool} decides, a deterministic state machine on the
 * raylet's loop; {@link io.mobula.raylet.worker.WorkerEffects} carries out. {@link
 * io.mobula.raylet.worker.WorkerLauncher} is the edge: it starts processes and reads what they
 * write on threads of its own, and reports back as events. Start reading at {@link
 * io.mobula.raylet.worker.WorkerPool}.
 */
@NullMarked
package io.mobula.raylet.worker;

import org.jspecify.annotations.NullMarked;
