package io.mobula.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A moment by which something must have happened. Immutable.
 *
 * @param nanoTime as {@link System#nanoTime()} counts
 */
public record Deadline(long nanoTime) {
  private static final long POLL_NANOS = 10_000_000;

  /** A deadline that far from now. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  public boolean isOver() {
    return System.nanoTime() - nanoTime >= 0;
  }

  /** Not negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  /**
   * Looks until it is so.
   *
   * @param what is waited for, for the failure
   * @throws AssertionError if it is not so in time
   */
  public void await(String what, Callable<Boolean> condition) {
    await(() -> what, condition);
  }

  /** As {@link #await(String, Callable)}, with words that are made when it failed. */
  public void await(Supplier<String> what, Callable<Boolean> condition) {
    while (!isSo(condition)) {
      if (isOver()) {
        throw new AssertionError("not in time: " + what.get());
      }
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.interrupted()) {
        throw new AssertionError("interrupted while waiting: " + what.get());
      }
    }
  }

  private static boolean isSo(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new AssertionError("the condition can't be looked at", e);
    }
  }
}
