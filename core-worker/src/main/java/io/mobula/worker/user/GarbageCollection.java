package io.mobula.worker.user;

import io.mobula.agent.loop.Clock;
import java.util.function.LongSupplier;

/**
 * Collects garbage when it is asked to, and not when that would cost much. Used by one thread at a
 * time.
 *
 * <p>What is not urgent may take a tenth of the time. Before the first collection has been
 * measured, and when the heap has grown since, the cost is reckoned from the heap's size.
 */
final class GarbageCollection {
  /** A collection may begin when so many times its cost have passed since the last. */
  private static final int REST_TIMES = 10;

  /** Of a full collection, about: a heap byte each. */
  private static final long HEAP_BYTES_PER_NANO = 1;

  private final Runnable collector;
  private final LongSupplier usedHeapBytes;
  private final Clock clock;
  private long lastNanos;
  private long costNanos;
  private long costBytes;

  /**
   * @param collector collects the whole heap before it returns
   */
  GarbageCollection(Runnable collector, LongSupplier usedHeapBytes, Clock clock) {
    this.collector = collector;
    this.usedHeapBytes = usedHeapBytes;
    this.clock = clock;
    this.lastNanos = clock.nanoTime();
  }

  /** Collects, or not. */
  void collect(boolean isUrgent) {
    long startNanos = clock.nanoTime();
    long heapBytes = usedHeapBytes.getAsLong();
    if (!isUrgent && startNanos - lastNanos < REST_TIMES * expectedNanos(heapBytes)) {
      return;
    }
    collector.run();
    lastNanos = clock.nanoTime();
    costNanos = Math.max(1, lastNanos - startNanos);
    costBytes = Math.max(1, heapBytes);
  }

  private long expectedNanos(long heapBytes) {
    return costNanos == 0
        ? heapBytes / HEAP_BYTES_PER_NANO
        : Math.max(costNanos, (long) (costNanos * (heapBytes / (double) costBytes)));
  }
}
