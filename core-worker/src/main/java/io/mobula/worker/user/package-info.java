/**
 * What runs on user threads, in every driver and worker: the API, encoding and decoding, waiting,
 * and the threads that run tasks. Thread-safe throughout; it reaches the loop by messages alone
 * ({@link io.mobula.worker.loop.CoreMessage}, through {@link io.mobula.worker.user.Mail}).
 *
 * <p>{@link io.mobula.worker.user.UserRoom} puts it together; {@link
 * io.mobula.worker.user.ClusterRuntime} is what the API calls; {@link
 * io.mobula.worker.user.TaskRunner} is where user code is called. Start reading there.
 */
@NullMarked
package io.mobula.worker.user;

import org.jspecify.annotations.NullMarked;
