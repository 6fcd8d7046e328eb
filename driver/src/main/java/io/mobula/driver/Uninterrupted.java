package io.mobula.driver;

import io.mobula.agent.loop.SystemClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits that an interrupt does not cut short; the thread stays interrupted. */
final class Uninterrupted {
  private Uninterrupted() {}

  /** False if it took too long. */
  static boolean await(CountDownLatch latch, Duration timeout) {
    long end = SystemClock.INSTANCE.nanoTime() + timeout.toNanos();
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return latch.await(end - SystemClock.INSTANCE.nanoTime(), TimeUnit.NANOSECONDS);
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
