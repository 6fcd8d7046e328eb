package io.mobula.agent.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Bounded waits of an end, which an interrupt does not cut short: what is waited for would be left
 * half ended. The thread stays interrupted.
 */
public final class Uninterrupted {
  private Uninterrupted() {}

  /** A wait that an interrupt ends. */
  @FunctionalInterface
  public interface Wait {
    /** Waits for so long at most; returns whether what it waits for has come. */
    boolean await(long nanos) throws InterruptedException;
  }

  /** False if it took too long. */
  public static boolean await(CountDownLatch latch, Duration timeout) {
    return await(nanos -> latch.await(nanos, TimeUnit.NANOSECONDS), timeout);
  }

  /** Waits for the thread's end; false if it took too long. */
  public static boolean join(Thread thread, Duration timeout) {
    return await(nanos -> thread.join(Duration.ofNanos(nanos)), timeout);
  }

  /** False if it took too long. */
  public static boolean await(Wait wait, Duration timeout) {
    return await(wait, timeout, SystemClock.INSTANCE);
  }

  /** By that clock; false if it took too long. */
  public static boolean await(Wait wait, Duration timeout, Clock clock) {
    long end = clock.nanoTime() + timeout.toNanos();
    boolean isInterrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return wait.await(Math.max(0, end - clock.nanoTime()));
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
