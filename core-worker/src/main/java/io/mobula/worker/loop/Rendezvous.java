package io.mobula.worker.loop;

import io.mobula.proto.Failure;
import io.mobula.worker.failure.FailureExceptions;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Hands one value from the loop to the one thread that waits for it. Thread-safe. It is over with
 * the first of: a value, the thread's leaving, the end of the loop's part in the cluster.
 */
public final class Rendezvous<T> implements OpenWaits.Wait {
  private static final Object ABANDONED = new Object();

  /** Marks that no value will come. */
  private static final Object ENDED = new Object();

  private final CountDownLatch latch = new CountDownLatch(1);
  private final AtomicReference<@Nullable Object> value = new AtomicReference<>();

  /** Why, written before the mark. */
  private volatile @Nullable Failure end;

  /**
   * The first value counts.
   *
   * @return false if there was one, or if nobody waits any more: the value is still the caller's
   */
  public boolean complete(T result) {
    boolean isFirst = value.compareAndSet(null, result);
    latch.countDown();
    return isFirst;
  }

  /** No value will come; without effect if one has. Needs no memory. */
  @Override
  public void end(Failure reason) {
    if (value.get() == null) {
      end = reason;
      value.compareAndSet(null, ENDED);
    }
    latch.countDown();
  }

  /**
   * Waits without end: whoever completes it is told of every death that could keep it from doing
   * so, and {@link OpenWaits} of the loop's.
   *
   * @throws io.mobula.api.MobulaException if no value will come
   */
  public T await() throws InterruptedException {
    latch.await();
    T result = taken();
    if (result == null) {
      throw new IllegalStateException("awaited after it was abandoned");
    }
    return result;
  }

  /** As {@link #await()}, whatever interrupts come meanwhile; they are set again afterwards. */
  public T awaitToTheEnd() {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return await();
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

  /**
   * @param timeoutNanos Long.MAX_VALUE: without end
   * @return null if it took too long
   * @throws io.mobula.api.MobulaException if no value will come
   */
  public @Nullable T await(long timeoutNanos) throws InterruptedException {
    return latch.await(timeoutNanos, TimeUnit.NANOSECONDS) ? taken() : null;
  }

  /**
   * Nobody waits any more.
   *
   * @return the value that came meanwhile, which is the caller's to deal with; null if none will
   */
  public @Nullable T abandon() {
    return value.compareAndSet(null, ABANDONED) || value.get() == ENDED ? null : taken();
  }

  @SuppressWarnings(
      "unchecked") // complete() puts in a T, and nothing else comes in but the marker.
  private @Nullable T taken() {
    Object result = value.get();
    if (result == ENDED) {
      throw FailureExceptions.toException(Objects.requireNonNull(end), null);
    }
    return result == ABANDONED ? null : (T) result;
  }
}
