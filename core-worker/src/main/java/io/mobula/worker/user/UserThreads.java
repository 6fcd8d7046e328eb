package io.mobula.worker.user;

import io.mobula.agent.loop.Clock;
import io.mobula.api.MobulaException;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.TaskContext;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.execute.WorkQueue;
import io.mobula.worker.function.RemoteMethod.DefinitionProblem;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.UserSide;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a worker that run user code: platform threads, used again from lease to lease.
 * Thread-safe.
 */
final class UserThreads implements UserSide {
  private final TaskRunner runner;
  private final FailureEncoder failures;
  private final Mail mail;
  private final ExecutorService threads;
  private final GarbageCollection garbage;
  private final AtomicBoolean isCollecting = new AtomicBoolean();
  private final AtomicReference<@Nullable Object> actor = new AtomicReference<>();

  UserThreads(TaskRunner runner, FailureEncoder failures, Mail mail, Clock clock) {
    this.runner = runner;
    this.failures = failures;
    this.mail = mail;
    this.garbage = new GarbageCollection(System::gc, UserThreads::usedHeapBytes, clock);
    this.threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().name("task-", 1).daemon(true).factory());
  }

  @Override
  public TaskSlots.TaskQueue newSlot(long lease) {
    return new WorkQueue(
        threads,
        1,
        execution -> runner.run(execution, null, true),
        () -> mail.postUnlessClosed(new CoreMessage.SlotClosed(lease)));
  }

  @Override
  public void construct(Execution constructor) {
    threads.execute(() -> mail.postUnlessClosed(new CoreMessage.Constructed(build(constructor))));
  }

  @Override
  public TaskSlots.TaskQueue newActorQueue(int count) {
    AtomicBoolean hasExited = new AtomicBoolean();
    return new WorkQueue(
        threads,
        count,
        execution -> {
          // The loop, which is yet to hear of the exit, refuses what waits.
          if (!hasExited.get() && !runner.run(execution, actor.get(), false)) {
            hasExited.set(true);
          }
        },
        () -> {});
  }

  @Override
  public void collectGarbage(boolean isUrgent) {
    if (isCollecting.compareAndSet(false, true)) {
      threads.execute(() -> {
        try {
          garbage.collect(isUrgent);
        } finally {
          isCollecting.set(false);
        }
      });
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private static long usedHeapBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private @Nullable Failure build(Execution constructor) {
    String name = constructor.name();
    try {
      Object built = runner.invoke(constructor, null, new TaskContext(null, false));
      if (built == null) {
        // A factory is called as a constructor is, which can't do this.
        throw new TaskRunner.UserCodeException(
            new NullPointerException("the factory returned null: return the actor's object"));
      }
      actor.set(built);
      return null;
    } catch (DefinitionProblem e) {
      return failures.describe(FailureKind.DEFINITION, e.getMessage(), name);
    } catch (TaskRunner.ExitRequest e) {
      return failures.describe(FailureKind.ACTOR_DIED, e.getMessage(), name);
    } catch (TaskRunner.UserCodeException e) {
      return failures.encode(e.getCause(), name).toBuilder()
          .setKind(FailureKind.ACTOR_DIED)
          .setMessage("the actor's constructor threw " + e.getCause())
          .build();
    } catch (MobulaException e) {
      return failures.encodeOwn(e, name);
    }
  }
}
