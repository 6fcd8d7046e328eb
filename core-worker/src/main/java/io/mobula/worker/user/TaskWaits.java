package io.mobula.worker.user;

import io.mobula.worker.execute.LeaseThreads;
import io.mobula.worker.loop.CoreMessage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which leased task runs on which thread of this process, and whether anybody else waits for
 * something of ours: whoever waits on behalf of a task counts as the task, so that its CPU is free
 * meanwhile. Thread-safe.
 *
 * <h2>How it works</h2>
 *
 * <p>The thread of a leased task says itself when it waits in a call of ours. Whoever else waits (a
 * thread that the task started, the common pool, a future) is only counted; as long as there is
 * one, the loop looks at the tasks' threads ({@link io.mobula.worker.execute.WaitWatch}). Whoever
 * begins counts itself and then looks for a task; a task makes itself known and then looks at the
 * count; so that one of the two tells a loop that sleeps.
 */
final class TaskWaits implements LeaseThreads {
  private final ConcurrentHashMap<Thread, Running> byThread = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, Running> byLease = new ConcurrentHashMap<>();
  private final AtomicInteger elsewhere = new AtomicInteger();
  private final Mail mail;
  private final Function<Thread, Thread.State> states;

  /** A task on its thread; an instance for each task. */
  private static final class Running {
    private final long lease;
    private final Thread thread;

    Running(long lease, Thread thread) {
      this.lease = lease;
      this.thread = thread;
    }
  }

  @FunctionalInterface
  interface InterruptibleWait {
    void await() throws InterruptedException;
  }

  TaskWaits(Mail mail) {
    this(mail, Thread::getState);
  }

  /**
   * @param states what a thread does now
   */
  TaskWaits(Mail mail, Function<Thread, Thread.State> states) {
    this.mail = mail;
    this.states = states;
  }

  /** Runs a task of this lease on the calling thread. */
  void run(long lease, Runnable task) {
    Running running = new Running(lease, Thread.currentThread());
    byThread.put(running.thread, running);
    byLease.put(lease, running);
    try {
      if (elsewhere.get() > 0) {
        mail.postUnlessClosed(new CoreMessage.WaitsElsewhere());
      }
      task.run();
    } finally {
      byLease.remove(lease, running);
      byThread.remove(running.thread);
    }
  }

  /**
   * Waits; the CPU of the task that waits, or on whose behalf this thread does, is free meanwhile.
   */
  void whileWaiting(InterruptibleWait wait) throws InterruptedException {
    Running own = byThread.get(Thread.currentThread());
    if (own == null) {
      beginElsewhere();
      try {
        awaitElsewhere(wait);
      } finally {
        endElsewhere();
      }
      return;
    }
    mail.post(new CoreMessage.Blocked(own.lease, true));
    try {
      wait.await();
    } finally {
      mail.postUnlessClosed(new CoreMessage.Blocked(own.lease, false));
    }
  }

  /**
   * A fork-join pool is told that its thread waits, as by the JDK's own futures: what the thread
   * waits for may need another, since the tasks of a process share the common pool.
   */
  private static void awaitElsewhere(InterruptibleWait wait) throws InterruptedException {
    if (Thread.currentThread() instanceof ForkJoinWorkerThread) {
      ForkJoinPool.managedBlock(new Blocker(wait));
    } else {
      wait.await();
    }
  }

  /** A wait, for a pool. */
  private static final class Blocker implements ForkJoinPool.ManagedBlocker {
    private final InterruptibleWait wait;
    private boolean isOver;

    Blocker(InterruptibleWait wait) {
      this.wait = wait;
    }

    @Override
    public boolean block() throws InterruptedException {
      wait.await();
      isOver = true;
      return true;
    }

    @Override
    public boolean isReleasable() {
      return isOver;
    }
  }

  /** Something begins to wait that is not the thread of a leased task. */
  void beginElsewhere() {
    if (elsewhere.getAndIncrement() == 0 && !byLease.isEmpty()) {
      mail.postUnlessClosed(new CoreMessage.WaitsElsewhere());
    }
  }

  void endElsewhere() {
    elsewhere.decrementAndGet();
  }

  @Override
  public boolean hasWaitsElsewhere() {
    return elsewhere.get() > 0;
  }

  @Override
  public boolean isWaiting(long lease) {
    Running running = byLease.get(lease);
    // The state is the task's only if it still runs afterwards.
    return running != null && isWaiting(states.apply(running.thread)) && isSame(lease, running);
  }

  private boolean isSame(long lease, @Nullable Running running) {
    return byLease.get(lease) == running;
  }

  private static boolean isWaiting(Thread.State state) {
    return switch (state) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      case NEW, RUNNABLE, TERMINATED -> false;
    };
  }
}
