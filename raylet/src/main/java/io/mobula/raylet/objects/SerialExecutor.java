package io.mobula.raylet.objects;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one at a time, in order, on threads of another executor: for work that should not take
 * more than one processor.
 *
 * <p>Concurrent, lock-free: whoever makes the count of tasks one starts a thread; each thread runs
 * one task, and starts the next unless it makes the count zero.
 */
final class SerialExecutor implements Executor {

  private final Executor threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (count.getAndIncrement() == 0) {
      threads.execute(this::run);
    }
  }

  private void run() {
    Runnable task = tasks.poll();
    if (task == null) {
      throw new IllegalStateException("fewer tasks than were counted");
    }
    try {
      task.run();
    } finally {
      // Whatever a task throws, those behind it run.
      if (count.decrementAndGet() > 0) {
        threads.execute(this::run);
      }
    }
  }
}
