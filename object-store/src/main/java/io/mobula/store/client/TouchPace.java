package io.mobula.store.client;

import java.util.function.LongSupplier;

/**
 * How long this process takes to touch a block of the mapping, as measured: that decides whether
 * memory is touched before its first use or used without the mapping at first.
 *
 * <p>Most systems make the entries of 16 pages with one fault, for reading, of pages that exist;
 * then one read in 16 pages will do, and a block takes 0.1 ms, less than what copying by calls
 * takes longer than copying through the mapping. Where a fault makes one entry, a block takes 2 to
 * 4 ms, much more than it saves. Which of the two it is, the first block tells.
 *
 * <p>Any thread; a measurement that is lost to another does no harm.
 */
final class TouchPace {
  /** What copying a block by read or write calls takes longer than through the mapping. */
  static final long WORTH_NANOS = 250_000;

  /** What the pages of a block take to read, at most, that have been mapped with others. */
  static final long MAPPED_NANOS = 700_000;

  private static final long NANOS_MAX = 4 * WORTH_NANOS;

  /** Of the last so many measurements, about. */
  private static final int MEMORY = 8;

  private final LongSupplier nanoTime;
  private volatile long averageNanos;
  private volatile boolean isWide;

  TouchPace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether touching costs less than it saves at once. Assumed before the first measurement. */
  boolean isQuick() {
    return averageNanos <= WORTH_NANOS;
  }

  /**
   * Touches a block and takes the time.
   *
   * @param some reads from one page in 16
   * @param every reads from each page; not called where the first is known to do
   */
  void measure(Runnable some, Runnable every) {
    long start = nanoTime.getAsLong();
    some.run();
    long nanos = nanoTime.getAsLong() - start;
    if (!isWide) {
      start = nanoTime.getAsLong();
      every.run();
      long more = nanoTime.getAsLong() - start;
      isWide = more <= MAPPED_NANOS;
      nanos += isWide ? 0 : more;
    }
    // A thread that was not running for a while says nothing of how long touching takes.
    nanos = Math.min(nanos, NANOS_MAX);
    long before = averageNanos;
    averageNanos = before == 0 ? nanos : before + (nanos - before) / MEMORY;
  }
}
