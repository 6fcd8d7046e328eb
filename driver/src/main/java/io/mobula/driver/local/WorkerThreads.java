package io.mobula.driver.local;

import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.api.spi.MobulaRuntime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one worker's user code: those that run its tasks, and the platform threads that
 * such code starts, which belong to the group of the thread that starts them. They act for that
 * worker, and are interrupted when it ends. Any thread may use it; the runtime is set once, before
 * the first of them runs.
 *
 * <p>Virtual threads and those of the common pool belong to no worker.
 */
final class WorkerThreads extends ThreadGroup {
  private static final int COUNT_MARGIN = 16;

  private volatile @Nullable MobulaRuntime runtime;

  WorkerThreads(String name) {
    super(root(), name);
  }

  /** Those that the calling thread is one of; null if it belongs to no worker. */
  static @Nullable WorkerThreads ofCurrentThread() {
    Thread current = Thread.currentThread();
    if (current instanceof ForkJoinWorkerThread forked
        && forked.getPool() == ForkJoinPool.commonPool()) {
      // The first to need the pool starts its threads, whoever uses them later.
      return null;
    }
    for (ThreadGroup group = current.getThreadGroup(); group != null; group = group.getParent()) {
      if (group instanceof WorkerThreads threads) {
        return threads;
      }
    }
    return null;
  }

  void actFor(MobulaRuntime worker) {
    runtime = worker;
  }

  /** The API of their worker. */
  MobulaRuntime runtime() {
    return Objects.requireNonNull(runtime, "user code before its worker was ready");
  }

  /**
   * Waits for them to end, until the clock says so much.
   *
   * @return the names of those that did not, each with where it is
   */
  List<String> awaitEnd(Clock clock, long endNanos) {
    for (Thread thread : threads()) {
      long rest = endNanos - clock.nanoTime();
      if (rest > 0) {
        Uninterrupted.await(
            nanos -> thread.join(Duration.ofNanos(nanos)), Duration.ofNanos(rest), clock);
      }
    }
    return threads().stream()
        .filter(Thread::isAlive)
        .map(thread -> thread.getName() + where(thread))
        .toList();
  }

  private List<Thread> threads() {
    // The count is an estimate; a full array may have cut some off.
    int room = activeCount() + COUNT_MARGIN;
    while (true) {
      Thread[] found = new Thread[room];
      int count = enumerate(found);
      if (count < room) {
        return List.of(Arrays.copyOf(found, count));
      }
      room *= 2;
    }
  }

  private static String where(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length == 0 ? "" : " (at " + stack[0] + ")";
  }

  /** The group above all others, so that no worker's group is that of another's threads. */
  private static ThreadGroup root() {
    ThreadGroup group = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
    for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
      group = parent;
    }
    return group;
  }
}
