package io.mobula.api.spi;

import io.mobula.api.ActorHandle;
import io.mobula.api.CallOptions;
import io.mobula.api.ClusterNode;
import io.mobula.api.ObjectRef;
import io.mobula.api.RuntimeContext;
import io.mobula.api.WaitResult;
import io.mobula.api.function.RemoteFunction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the API calls: the runtime of one driver or worker process. Thread-safe. Failures are {@link
 * io.mobula.api.MobulaException}s.
 *
 * <p>Arguments come as an array that is the runtime's to keep, with at most 6 elements, and a mask:
 * bit i is set if element i is an {@link ObjectRef} that must be resolved before the method runs. A
 * ref whose bit is not set is a value. The API has checked that elements with a bit are refs and
 * not null, and that durations and collections are not null where they must not be.
 */
public interface MobulaRuntime extends AutoCloseable {
  /**
   * Submits a task, without waiting for anything.
   *
   * @param task the function and its options
   * @param arguments values and refs
   * @param refMask which arguments are refs to resolve
   * @param <R> the type of the result
   * @return the future result
   */
  <R extends @Nullable Object> ObjectRef<R> submit(
      RemoteCallable<TaskOverrides> task, @Nullable Object[] arguments, int refMask);

  /**
   * Creates an actor, without waiting for it.
   *
   * @param constructor the constructor (or factory method) and its options
   * @param arguments values and refs
   * @param refMask which arguments are refs to resolve
   * @param <T> the actor's class
   * @return a handle, usable at once
   */
  <T> ActorHandle<T> createActor(
      RemoteCallable<ActorOverrides> constructor, @Nullable Object[] arguments, int refMask);

  /**
   * Calls a method of an actor, without options. The runtime may cache what it finds out by the
   * function's class.
   *
   * @param actor a handle of this runtime
   * @param method a function whose first parameter is the actor
   * @param arguments values and refs, without the actor
   * @param refMask which arguments are refs to resolve
   * @param <R> the type of the result
   * @return the future result
   */
  <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor, RemoteFunction method, @Nullable Object[] arguments, int refMask);

  /**
   * Calls a method of an actor, with options.
   *
   * @param actor a handle of this runtime
   * @param method a function whose first parameter is the actor, or a named method of its class,
   *     and its options
   * @param arguments values and refs, without the actor
   * @param refMask which arguments are refs to resolve
   * @param <R> the type of the result
   * @return the future result
   */
  <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor,
      RemoteCallable<CallOptions> method,
      @Nullable Object[] arguments,
      int refMask);

  /**
   * Stores a value.
   *
   * @param value the value
   * @param <T> its type
   * @return a ref to it
   */
  <T extends @Nullable Object> ObjectRef<T> put(T value);

  /**
   * Waits for all values.
   *
   * @param refs what to wait for, perhaps with repetitions
   * @param timeout how long to wait; null for no limit, never negative
   * @param <T> the common type of the values
   * @return the values, in the order of the refs
   */
  <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, @Nullable Duration timeout);

  /**
   * Waits until some refs are ready or the time is up.
   *
   * @param refs what to wait for, without repetitions
   * @param readyCount how many must be ready, from 1 to the number of refs
   * @param timeout how long to wait; null for no limit, never negative
   * @param <T> the type of the values
   * @return at most {@code readyCount} ready refs, and the others
   */
  <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int readyCount, @Nullable Duration timeout);

  /**
   * Finds a named actor that is not dead.
   *
   * @param name its name
   * @param namespace the namespace of the name; null for the job's
   * @param <T> the actor's class, not checked
   * @return a handle; empty if there is none
   */
  <T> Optional<ActorHandle<T>> getActor(String name, @Nullable String namespace);

  /** Ends the calling actor after the running method; does not return. */
  void exitActor();

  /**
   * Where the calling thread runs.
   *
   * @return the context
   */
  RuntimeContext context();

  /**
   * The nodes of the cluster.
   *
   * @return dead ones that are still remembered included
   */
  List<ClusterNode> nodes();

  /**
   * What the living nodes have together.
   *
   * @return amounts by name: {@code "CPU"}, {@code "memory"} (bytes) and custom resources
   */
  Map<String, Double> clusterResources();

  /**
   * The part of it that nothing uses.
   *
   * @return amounts by name
   */
  Map<String, Double> availableResources();

  /**
   * Whether the calling thread runs a task's or an actor's code, which has no say in the session.
   *
   * @return false in a driver, unless workers share its process
   */
  default boolean isInWorker() {
    return false;
  }

  /**
   * Ends the session, and the cluster if the session started it. Waiting callers get a {@code
   * SESSION_CLOSED} error. May be called twice, from any thread.
   */
  @Override
  void close();
}
