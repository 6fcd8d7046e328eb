package io.mobula.worker.execute;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Executions that run one after another, in order, on each of its threads: a lease's slot has one,
 * an actor up to its maxConcurrency, each started when all others are busy. Thread-safe. A thread
 * that must not run another execution hands its place over to a new one.
 */
public final class WorkQueue implements TaskSlots.TaskQueue {
  /** Runs one execution: decodes, calls user code, reports. Must not throw. */
  @FunctionalInterface
  public interface Runner {
    /** Returns whether the thread may run another: else the queue goes on with another thread. */
    boolean run(Execution execution);
  }

  /** What a thread does next; returns as {@link Runner#run}. */
  private interface Work {
    boolean run();
  }

  private static final Logger LOG = System.getLogger(WorkQueue.class.getName());

  /** Wakes a thread to look whether the queue is ending. */
  private static final Work LOOK = () -> true;

  private final LinkedTransferQueue<Work> work = new LinkedTransferQueue<>();
  private final Executor executor;
  private final Runner runner;
  private final Runnable onEnded;
  private final int threads;
  private final AtomicInteger running;
  private final AtomicBoolean isEnding = new AtomicBoolean();
  private final AtomicReference<@Nullable Thread> onlyThread = new AtomicReference<>();

  /**
   * @param executor gives each thread; its threads may be used again
   * @param threads at most
   * @param onEnded called by the last of the threads when it is free
   */
  public WorkQueue(Executor executor, int threads, Runner runner, Runnable onEnded) {
    this.executor = executor;
    this.runner = runner;
    this.onEnded = onEnded;
    this.threads = threads;
    this.running = new AtomicInteger(1);
    executor.execute(this::drain);
  }

  @Override
  public void add(Execution execution) {
    Work next =
        () -> {
          try {
            return runner.run(execution);
          } finally {
            execution.ended();
          }
        };
    boolean mayGrow = running.get() < threads;
    if (mayGrow && work.tryTransfer(next)) {
      return;
    }
    if (mayGrow) {
      addThread();
    }
    work.add(next);
  }

  /**
   * None of the threads is free. If no more can be had, those that run take one after the other.
   */
  private void addThread() {
    running.incrementAndGet();
    boolean isStarted = false;
    try {
      executor.execute(this::drain);
      isStarted = true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      LOG.log(Level.WARNING, "no thread for a call, which waits for another: {0}", e.toString());
    } finally {
      if (!isStarted) {
        running.decrementAndGet();
      }
    }
  }

  /**
   * No more comes; the threads are free once what they run is over.
   *
   * @param isInterrupted interrupts what runs now, if there is one thread
   */
  @Override
  public void end(boolean isInterrupted) {
    if (isEnding.compareAndSet(false, true)) {
      work.add(LOOK);
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
    boolean isReplaced = false;
    try {
      while (!isReplaced && !isEnding.get()) {
        isReplaced = !takeNext().run() && isHandedOver();
      }
    } finally {
      onlyThread.compareAndSet(Thread.currentThread(), null);
      // The next user of this thread starts without our interrupt.
      Thread.interrupted();
      if (!isReplaced) {
        endThread();
      }
    }
  }

  /** Whether another thread goes on; if none can be had, this one must. */
  private boolean isHandedOver() {
    try {
      executor.execute(this::drain);
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      return false;
    }
  }

  private void endThread() {
    // Wakes the next of our threads.
    work.add(LOOK);
    if (running.decrementAndGet() == 0) {
      onEnded.run();
    }
  }

  private Work takeNext() {
    while (true) {
      try {
        return work.take();
      } catch (InterruptedException e) {
        if (isEnding.get()) {
          return LOOK;
        }
        // Left over from user code that interrupted its own thread; the queue goes on.
      }
    }
  }
}
