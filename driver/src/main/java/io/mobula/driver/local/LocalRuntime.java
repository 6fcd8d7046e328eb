package io.mobula.driver.local;

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
import io.mobula.worker.user.ClusterRuntime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runtime of a process that is a whole cluster: each call goes to the driver's or a worker's,
 * by who makes it. Immutable.
 *
 * <p>A thread of a worker's user code acts for that worker ({@link WorkerThreads}). Any other
 * thread acts for whoever made the first ref or handle that it gives, since a task may have given
 * that to a virtual thread; without any, for the driver. In processes of their own there would be
 * but one runtime to choose.
 */
public final class LocalRuntime implements MobulaRuntime {
  private final MobulaRuntime driver;

  public LocalRuntime(MobulaRuntime driver) {
    this.driver = driver;
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> submit(
      RemoteCallable<TaskOverrides> task, @Nullable Object[] arguments, int refMask) {
    return ofArguments(arguments).submit(task, arguments, refMask);
  }

  @Override
  public <T> ActorHandle<T> createActor(
      RemoteCallable<ActorOverrides> constructor, @Nullable Object[] arguments, int refMask) {
    return ofArguments(arguments).createActor(constructor, arguments, refMask);
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor, RemoteFunction method, @Nullable Object[] arguments, int refMask) {
    return of(actor).callActor(actor, method, arguments, refMask);
  }

  @Override
  public <R extends @Nullable Object> ObjectRef<R> callActor(
      ActorHandle<?> actor,
      RemoteCallable<CallOptions> method,
      @Nullable Object[] arguments,
      int refMask) {
    return of(actor).callActor(actor, method, arguments, refMask);
  }

  @Override
  public <T extends @Nullable Object> ObjectRef<T> put(T value) {
    return here(null).put(value);
  }

  @Override
  public <T extends @Nullable Object> List<T> get(
      List<? extends ObjectRef<? extends T>> refs, @Nullable Duration timeout) {
    return ofFirst(refs).get(refs, timeout);
  }

  @Override
  public <T extends @Nullable Object> WaitResult<T> wait(
      List<ObjectRef<T>> refs, int readyCount, @Nullable Duration timeout) {
    return ofFirst(refs).wait(refs, readyCount, timeout);
  }

  @Override
  public <T> Optional<ActorHandle<T>> getActor(String name, @Nullable String namespace) {
    return here(null).getActor(name, namespace);
  }

  @Override
  public void exitActor() {
    here(null).exitActor();
  }

  @Override
  public RuntimeContext context() {
    return here(null).context();
  }

  @Override
  public List<ClusterNode> nodes() {
    return here(null).nodes();
  }

  @Override
  public Map<String, Double> clusterResources() {
    return here(null).clusterResources();
  }

  @Override
  public Map<String, Double> availableResources() {
    return here(null).availableResources();
  }

  @Override
  public boolean isInWorker() {
    return WorkerThreads.ofCurrentThread() != null;
  }

  @Override
  public void close() {
    driver.close();
  }

  private MobulaRuntime of(ActorHandle<?> actor) {
    return here(ClusterRuntime.of(actor));
  }

  private MobulaRuntime ofFirst(List<? extends ObjectRef<?>> refs) {
    return here(refs.isEmpty() ? null : ClusterRuntime.of(refs.getFirst()));
  }

  private MobulaRuntime ofArguments(@Nullable Object[] arguments) {
    for (Object argument : arguments) {
      ClusterRuntime maker =
          switch (argument) {
            case ObjectRef<?> ref -> ClusterRuntime.of(ref);
            case ActorHandle<?> actor -> ClusterRuntime.of(actor);
            case null, default -> null;
          };
      if (maker != null) {
        return here(maker);
      }
    }
    return here(null);
  }

  /**
   * @param maker whose refs or handles are given
   */
  private MobulaRuntime here(@Nullable ClusterRuntime maker) {
    WorkerThreads threads = WorkerThreads.ofCurrentThread();
    if (threads != null) {
      return threads.runtime();
    }
    return maker == null ? driver : maker;
  }
}
