/**
 * The life of a driver or worker on a cluster: {@link io.mobula.worker.session.CoreWorkerSession}
 * connects the loop ({@code io.mobula.worker.loop}), opens the room of the user threads ({@code
 * io.mobula.worker.user}), and closes both.
 */
@NullMarked
package io.mobula.worker.session;

import org.jspecify.annotations.NullMarked;
