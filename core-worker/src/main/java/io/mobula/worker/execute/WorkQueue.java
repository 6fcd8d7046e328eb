package io.mobula.worker.execute;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Executions that run one after another, in order, on each of a fixed number of threads: a lease's
 * slot has one, an actor as many as its maxConcurrency. Thread-safe.
 */
public final class WorkQueue implements TaskSlots.TaskQueue {
  /** Runs one execution: decodes, calls user code, reports. Must not throw. */
  @FunctionalInterface
  public interface Runner {
    void run(Execution execution);
  }

  private final LinkedTransferQueue<Runnable> work = new LinkedTransferQueue<>();
  private final Runner runner;
  private final Runnable onEnded;
  private final int threads;
  private final AtomicInteger running;
  private final AtomicBoolean isEnding = new AtomicBoolean();
  private final AtomicReference<@Nullable Thread> onlyThread = new AtomicReference<>();

  /**
   * @param executor gives each thread; its threads may be used again
   * @param onEnded called by the last of the threads when it is free
   */
  public WorkQueue(Executor executor, int threads, Runner runner, Runnable onEnded) {
    this.runner = runner;
    this.onEnded = onEnded;
    this.threads = threads;
    this.running = new AtomicInteger(threads);
    for (int i = 0; i < threads; i++) {
      executor.execute(this::drain);
    }
  }

  @Override
  public void add(Execution execution) {
    work.add(() -> {
      try {
        runner.run(execution);
      } finally {
        execution.ended();
      }
    });
  }

  /**
   * No more comes; the threads are free once what they run is over.
   *
   * @param isInterrupted interrupts what runs now, if there is one thread
   */
  @Override
  public void end(boolean isInterrupted) {
    if (isEnding.compareAndSet(false, true)) {
      work.add(() -> {});
    }
    Thread thread = onlyThread.get();
    if (isInterrupted && thread != null) {
      thread.interrupt();
    }
  }

  private void drain() {
    if (threads == 1) {
      onlyThread.set(Thread.currentThread());
    }
    try {
      while (!isEnding.get()) {
        takeNext().run();
      }
    } finally {
      onlyThread.set(null);
      // The next user of this pooled thread starts without our interrupt.
      Thread.interrupted();
      // Wakes the next of our threads.
      work.add(() -> {});
      if (running.decrementAndGet() == 0) {
        onEnded.run();
      }
    }
  }

  private Runnable takeNext() {
    while (true) {
      try {
        return work.take();
      } catch (InterruptedException e) {
        if (isEnding.get()) {
          return () -> {};
        }
        // Left over from user code that interrupted its own thread; the queue goes on.
      }
    }
  }
}
