/**
 * The owner's side of tasks: arguments resolved, leases asked for, tasks pushed, answers taken,
 * retries made.
 *
 * <p>State machines without thread or clock. Owner thread: the core worker's loop. Start reading at
 * {@link io.mobula.worker.submit.TaskSubmitter}.
 */
@NullMarked
package io.mobula.worker.submit;

import org.jspecify.annotations.NullMarked;
