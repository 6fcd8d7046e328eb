package io.mobula.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a value somewhere in the cluster that exists already or will: the result of a task
 * or of an actor's method, or an object that was {@linkplain Mobula#put put}. The process that made
 * the ref owns the value.
 *
 * <p>A ref can be passed to tasks and actors. Passed as an argument itself, its value is fetched
 * before the method runs (unless the parameter is declared {@code ObjectRef}); inside another
 * value, such as a list, it stays a ref. Two refs are equal if they have the same {@link #id}. The
 * value is kept as long as a ref to it is reachable in any process. Thread-safe; implemented by the
 * runtime.
 *
 * @param <T> the type of the value
 */
public non-sealed interface ObjectRef<T extends @Nullable Object> extends Arg<T> {
  /**
   * Waits for the value. A task that waits gives its CPUs back meanwhile, so that nested tasks
   * can't deadlock.
   *
   * @return the value, which must not be modified: other readers may see the same object
   * @throws TaskException if the method failed; the cause is what it threw
   * @throws MobulaException one of the other subclasses, if the value can't be had
   */
  T get();

  /**
   * Waits for the value, but not for longer than the timeout.
   *
   * @param timeout how long to wait; zero only looks
   * @return the value, which must not be modified: other readers may see the same object
   * @throws GetTimeoutException if the value is not there in time; the ref remains usable
   * @throws TaskException if the method failed; the cause is what it threw
   * @throws MobulaException one of the other subclasses, if the value can't be had
   */
  T get(Duration timeout);

  /**
   * Whether {@link #get()} would return, or throw, at once as far as the owner knows.
   *
   * @return true if the value, or the failure, exists
   */
  boolean isReady();

  /**
   * Returns a future that completes with the value, or exceptionally with what {@link #get()} would
   * throw, whatever becomes of the session.
   *
   * <p>Neither the task nor the future can be cancelled: {@link CompletableFuture#cancel} returns
   * false and changes nothing. What is made of the future, as by {@code thenApply} or {@code copy},
   * is an ordinary stage, which can be. A task that waits for the future gives its CPU back
   * meanwhile, as in {@link #get()}.
   *
   * @return a new future; dependent stages never run on a thread of the runtime that they could
   *     block
   */
  CompletableFuture<T> toFuture();

  /**
   * Frees the value now, in every process and on every node, whoever still has a ref to it. Not
   * needed in general: a value is freed by itself when the last ref to it is unreachable. It helps
   * where large values are replaced faster than the garbage collector runs.
   *
   * <p>Every later {@link #get}, through any ref to this object, throws {@link ObjectLostException}
   * with the reason {@link ObjectLostException.Reason#FREED}; so does a task that takes the ref and
   * has not started. Who is reading the value keeps it until done, views of it included. The object
   * is not made again, not even when another object that was made from it is lost. A ref whose
   * value does not exist yet fails at once; its task is not stopped, and what it returns is
   * dropped. Called in a process that does not own the object, it asks the owner. When it returns,
   * this process has let the value go; others follow within moments. Freeing twice does nothing.
   */
  void free();

  /**
   * The id of the object, unique in the cluster.
   *
   * @return three numbers, as in {@code 1.2.7}, as they appear in messages, logs and listings: the
   *     node and the process that made it, and a number of that process
   */
  String id();
}
