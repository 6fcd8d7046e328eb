package io.mobula.worker.user;

import io.mobula.agent.loop.Clock;
import io.mobula.proto.Failure;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.OpenWaits;
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
 * then reads thread and target, as does who ends it. All are volatile, so one of the two sees the
 * other, and nobody is woken before there are enough.
 */
final class ReadyCount implements ReadyListener, OpenWaits.Wait {
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicBoolean isUsed = new AtomicBoolean();
  private volatile int target;
  private volatile @Nullable Thread waiting;
  private volatile @Nullable Failure end;

  @Override
  public void onReady(ObjectEntry entry) {
    int now = ready.incrementAndGet();
    Thread thread = waiting;
    if (thread != null && now >= target) {
      LockSupport.unpark(thread);
    }
  }

  /** There will never be enough, unless there are. */
  @Override
  public void end(Failure reason) {
    end = reason;
    Thread thread = waiting;
    if (thread != null) {
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
   * @throws io.mobula.api.MobulaException if there will never be enough
   */
  void await(int count, long untilNanos, Clock clock) throws InterruptedException {
    target = count;
    waiting = Thread.currentThread();
    try {
      while (ready.get() < count) {
        Failure reason = end;
        if (reason != null) {
          throw FailureExceptions.toException(reason, null);
        }
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
