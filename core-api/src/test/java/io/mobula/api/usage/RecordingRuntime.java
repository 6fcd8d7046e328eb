package io.mobula.api.usage;

import io.mobula.api.ActorHandle;
import io.mobula.api.CallOptions;
import io.mobula.api.ClusterNode;
import io.mobula.api.ObjectRef;
import io.mobula.api.RuntimeContext;
import io.mobula.api.WaitResult;
import io.mobula.api.function.RemoteFunction;
import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RemoteCallable;
import io.mobula.api.spi.TaskOverrides;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A runtime that runs nothing and records every call, so that tests see what the overloads hand
 * over.
 */
final class RecordingRuntime implements MobulaRuntime {
  /** What kind of call it was. */
  enum Kind {
    TASK,
    CREATE,
    CALL,
    CALL_WITH_OPTIONS
  }

  /** One recorded call; arguments are a list, so that records compare. */
  record Call(
      Kind kind,
      RemoteFunction function,
      @Nullable Object options,
      @Nullable ActorHandle<?> actor,
      List<@Nullable Object> arguments,
      int refMask) {}

  private final List<Call> calls = new ArrayList<>();
  private int closeCount;
  private @Nullable Duration lastTimeout;

  Call last() {
    return calls.getLast();
  }

  int closeCount() {
    return closeCount;
  }

  @Nullable Duration lastTimeout() {
    return lastTimeout;
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submit(
      RemoteCallable<TaskOverrides> task, @Nullable Object[] arguments, int refMask) {
    return record(Kind.TASK, task.function(), task.options(), null, arguments, refMask);
  }

  @Override
  public <T> ActorHandle<T> createActor(
      RemoteCallable<ActorOverrides> constructor, @Nullable Object[] arguments, int refMask) {
    record(Kind.CREATE, constructor.function(), constructor.options(), null, arguments, refMask);
    return new FakeHandle<>("actor-" + calls.size());
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor, RemoteFunction method, @Nullable Object[] arguments, int refMask) {
    return record(Kind.CALL, method, null, actor, arguments, refMask);
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor,
      RemoteCallable<CallOptions> method,
      @Nullable Object[] arguments,
      int refMask) {
    return record(
        Kind.CALL_WITH_OPTIONS, method.function(), method.options(), actor, arguments, refMask);
  }

  private <R extends @Nullable Object> ObjectRef<R> record(
      Kind kind,
      RemoteFunction function,
      @Nullable Object options,
      @Nullable ActorHandle<?> actor,
      @Nullable Object[] arguments,
      int refMask) {
    calls.add(new Call(kind, function, options, actor, Arrays.asList(arguments), refMask));
    return FakeRef.pending("result-" + calls.size());
  }

  @Override
  public <T extends @Nullable Object> ObjectRef<T> put(T value) {
    return FakeRef.of("put", value);
  }

  @Override
  public <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, @Nullable Duration timeout) {
    lastTimeout = timeout;
    List<T> values = new ArrayList<>();
    for (ObjectRef<? extends T> ref : refs) {
      values.add(ref.get());
    }
    return values;
  }

  @Override
  public <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int readyCount, @Nullable Duration timeout) {
    lastTimeout = timeout;
    return new WaitResult<>(refs.subList(0, readyCount), refs.subList(readyCount, refs.size()));
  }

  @Override
  public <T> Optional<ActorHandle<T>> getActor(String name, @Nullable String namespace) {
    return name.equals("nobody")
        ? Optional.empty()
        : Optional.of(new FakeHandle<>(namespace + "/" + name));
  }

  @Override
  public void exitActor() {
    throw new IllegalStateException("exit");
  }

  @Override
  public RuntimeContext context() {
    return new RuntimeContext(
        "job",
        "node",
        "worker",
        "namespace",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  @Override
  public List<ClusterNode> nodes() {
    return List.of(new ClusterNode("node", "head:1", true, true, clusterResources(), Map.of()));
  }

  @Override
  public Map<String, Double> clusterResources() {
    return Map.of("CPU", 2.0);
  }

  @Override
  public Map<String, Double> availableResources() {
    return Map.of("CPU", 1.0);
  }

  @Override
  public void close() {
    closeCount++;
  }
}
