/**
 * The runtime inside every driver and worker.
 *
 * <p>{@link io.mobula.worker.WorkerMain} is the worker process; the driver module builds on {@link
 * io.mobula.worker.session.CoreWorkerSession}. A worker loads neither gRPC nor Netty.
 */
@NullMarked
package io.mobula.worker;

import org.jspecify.annotations.NullMarked;
