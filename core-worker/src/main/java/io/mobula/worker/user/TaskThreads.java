package io.mobula.worker.user;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads of a worker that run user code. Thread-safe. A thread that has nothing to do
 * is used again, unless user code may have left something on it that can't be taken away.
 *
 * <p>What can be seen on a thread is put back after each task ({@link #reset}): class loader, name,
 * priority, handler, interrupt. What a {@code ThreadLocal} holds can't be seen, so a thread is used
 * up by a task that ran long enough to pay for a new one, or that left something visible. Short
 * tasks share what they leave; see decision 0022.
 */
final class TaskThreads implements Executor, AutoCloseable {
  /** A task that ran for longer can pay for a new thread. */
  static final long SHORT_NANOS = 20_000_000;

  private static final long IDLE_SECONDS = 60;

  private final ClassLoader loader;
  private final @Nullable ThreadGroup group;
  private final SynchronousQueue<Runnable> idle = new SynchronousQueue<>();
  private final Set<TaskThread> live = ConcurrentHashMap.newKeySet();
  private final AtomicLong lastNumber = new AtomicLong();
  private volatile boolean isClosed;

  /**
   * @param loader the context class loader of user code
   * @param group of the threads; null for that of whoever starts them
   */
  TaskThreads(ClassLoader loader, @Nullable ThreadGroup group) {
    this.loader = loader;
    this.group = group;
  }

  /** Runs work on a thread that is idle, else on a new one. */
  @Override
  public void execute(Runnable work) {
    if (isClosed) {
      throw new RejectedExecutionException("the worker has ended");
    }
    if (!idle.offer(work)) {
      TaskThread thread = new TaskThread(work, "task-" + lastNumber.incrementAndGet());
      live.add(thread);
      boolean isStarted = false;
      try {
        thread.start();
        isStarted = true;
      } finally {
        if (!isStarted) {
          live.remove(thread);
        }
      }
    }
  }

  /**
   * Takes away what a task has left on the calling thread, which is one of these.
   *
   * @param ranNanos how long it ran
   * @return whether the thread may run another task
   */
  boolean reset(long ranNanos) {
    TaskThread thread = (TaskThread) Thread.currentThread();
    boolean isClean = thread.restore();
    if (!isClean || ranNanos > SHORT_NANOS) {
      useUp();
    }
    return !thread.isUsedUp;
  }

  /** The calling thread, which is one of these, runs nothing else after this. */
  void useUp() {
    ((TaskThread) Thread.currentThread()).isUsedUp = true;
  }

  /** Interrupts what runs; nothing is run any more. */
  @Override
  public void close() {
    isClosed = true;
    live.forEach(Thread::interrupt);
  }

  /** Its fields are its own, plain. */
  @SuppressWarnings("ThreadPriorityCheck") // What user code has changed is put back.
  private final class TaskThread extends Thread {
    private final String cleanName;
    private @Nullable Runnable work;
    private boolean isUsedUp;

    TaskThread(Runnable first, String name) {
      super(group, null, name, 0, false);
      cleanName = name;
      work = first;
      setDaemon(true);
      setPriority(NORM_PRIORITY);
      setContextClassLoader(loader);
    }

    @Override
    public void run() {
      try {
        for (Runnable next = work; next != null; next = isUsedUp ? null : nextWork()) {
          work = null;
          next.run();
        }
      } finally {
        live.remove(this);
      }
    }

    private @Nullable Runnable nextWork() {
      while (!isClosed) {
        try {
          return idle.poll(IDLE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          // Meant for what it ran before, or for the end, which the loop sees.
        }
      }
      return null;
    }

    /** Whether there was nothing to put back. */
    boolean restore() {
      // An interrupt says nothing of the task: its lease may have ended.
      Thread.interrupted();
      boolean isClean = true;
      if (getContextClassLoader() != loader) {
        setContextClassLoader(loader);
        isClean = false;
      }
      if (!getName().equals(cleanName)) {
        setName(cleanName);
        isClean = false;
      }
      if (getPriority() != NORM_PRIORITY) {
        setPriority(NORM_PRIORITY);
        isClean = false;
      }
      if (getUncaughtExceptionHandler() != getThreadGroup()) {
        setUncaughtExceptionHandler(null);
        isClean = false;
      }
      return isClean;
    }
  }
}
