package io.mobula.worker.user;

import io.mobula.agent.loop.Clock;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.LeaseThreads;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.execute.WorkQueue;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.UserSide;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a worker's loop has user threads do: the slots of leases, the actor, collecting garbage.
 * Thread-safe. A thread is used again from lease to lease, clean ({@link TaskThreads}); the threads
 * of an actor are its own as long as it lives.
 */
final class UserThreads implements UserSide {
  private final TaskRunner runner;
  private final Boundary boundary;
  private final TaskWaits waits;
  private final Mail mail;
  private final Clock clock;
  private final TaskThreads threads;
  private final GarbageCollection garbage;
  private final AtomicBoolean isCollecting = new AtomicBoolean();
  private final AtomicReference<@Nullable Object> actor = new AtomicReference<>();

  /**
   * @param threads what runs user code
   */
  UserThreads(
      TaskRunner runner,
      Boundary boundary,
      TaskWaits waits,
      Mail mail,
      Clock clock,
      TaskThreads threads) {
    this.runner = runner;
    this.boundary = boundary;
    this.waits = waits;
    this.mail = mail;
    this.clock = clock;
    this.garbage = new GarbageCollection(System::gc, UserThreads::usedHeapBytes, clock);
    this.threads = threads;
  }

  @Override
  public TaskSlots.TaskQueue newSlot(long lease) {
    return new WorkQueue(
        threads, 1, this::runTask, () -> mail.postUnlessClosed(new CoreMessage.SlotClosed(lease)));
  }

  @Override
  public void construct(Execution constructor) {
    threads.execute(() -> {
      runner.construct(constructor, actor::set);
      threads.useUp();
    });
  }

  @Override
  public TaskSlots.TaskQueue newActorQueue(int count) {
    AtomicBoolean hasExited = new AtomicBoolean();
    return new WorkQueue(threads, count, call -> runCall(call, hasExited), () -> {});
  }

  private boolean runTask(Execution execution) {
    long startNanos = clock.nanoTime();
    runner.run(execution, null, true);
    return threads.reset(clock.nanoTime() - startNanos);
  }

  private boolean runCall(Execution execution, AtomicBoolean hasExited) {
    // The loop, which is yet to hear of the exit, refuses what waits.
    if (!hasExited.get() && !runner.run(execution, actor.get(), false)) {
      hasExited.set(true);
    }
    // Its thread stays with the actor, and what its calls keep there.
    threads.reset(0);
    return true;
  }

  @Override
  public void collectGarbage(boolean isUrgent) {
    if (isCollecting.compareAndSet(false, true)) {
      try {
        threads.execute(() ->
            boundary.orEnd(() -> {
              garbage.collect(isUrgent);
              isCollecting.set(false);
            }));
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        // No thread to be had: it was a hint, which the loop must not end by. It comes again.
        isCollecting.set(false);
      }
    }
  }

  @Override
  public LeaseThreads leaseThreads() {
    return waits;
  }

  @Override
  public void close() {
    threads.close();
  }

  private static long usedHeapBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
