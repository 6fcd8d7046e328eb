package io.mobula.worker.user;

import io.mobula.agent.loop.Clock;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ReadyListener;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Counts those of some objects that are ready, for one thread at a time that waits until there are
 * enough. Thread-safe: listeners count on the loop or on the thread that adds them.
 *
 * <p>It stays with its objects when a wait is over, so that a program that waits for one of a
 * thousand refs a thousand times does not take up and leave its place at all of them each time.
 *
 * <h2>How it works</h2>
 *
 * <p>The waiting thread writes target and itself and then reads the count; a listener counts and
 * then reads thread and target. All are volatile, so one of the two sees the other, and nobody is
 * woken before there are enough.
 */
final class ReadyCount implements ReadyListener {
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicBoolean isUsed = new AtomicBoolean();
  private volatile int target;
  private volatile @Nullable Thread waiting;

  @Override
  public void onReady(ObjectEntry entry) {
    int now = ready.incrementAndGet();
    Thread thread = waiting;
    if (thread != null && now >= target) {
      LockSupport.unpark(thread);
    }
  }

  /** False if another thread waits with it. */
  boolean tryUse() {
    return isUsed.compareAndSet(false, true);
  }

  void endUse() {
    isUsed.set(false);
  }

  int ready() {
    return ready.get();
  }

  /**
   * Waits until so many are ready, or the time is up; by the thread that uses it.
   *
   * @param untilNanos on the clock; Long.MAX_VALUE: without end
   */
  void await(int count, long untilNanos, Clock clock) throws InterruptedException {
    target = count;
    waiting = Thread.currentThread();
    try {
      while (ready.get() < count) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long leftNanos = untilNanos == Long.MAX_VALUE ? untilNanos : untilNanos - clock.nanoTime();
        if (leftNanos <= 0) {
          return;
        }
        LockSupport.parkNanos(this, leftNanos);
      }
    } finally {
      waiting = null;
    }
  }
}
