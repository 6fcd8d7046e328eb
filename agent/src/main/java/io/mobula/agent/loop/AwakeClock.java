package io.mobula.agent.loop;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The time during which this process ran. When a process is stopped (SIGSTOP, a laptop's sleep, a
 * breakpoint that suspends all threads, a long collection), others go on, but what it hears of them
 * stops as well: judged by the machine's time, everybody else has been silent. By this clock nobody
 * has, so that all who wait for a sign of life wait on as long as they had left.
 *
 * <p>How it works. Each reading is a sign of life of this process, and its loops read at least once
 * in {@link #SILENCE_MAX_NANOS}, even with nothing to do. If nobody has read for several times as
 * long, nobody could: the gap is taken out of the time. Whoever reads first afterwards sees that,
 * so that nobody meets the jump.
 *
 * <p>Thread-safe, without locks. One for all loops of a process, or a thread of one that is long
 * held up would take its own delay for the process's.
 */
public final class AwakeClock implements Clock {
  public static final AwakeClock INSTANCE = new AwakeClock(SystemClock.INSTANCE);

  /** How long a loop may go without reading the clock, if it is not held up. */
  public static final long SILENCE_MAX_NANOS = 500_000_000L;

  /** A gap that is longer is a pause of the process. */
  static final long GAP_NANOS = 2_000_000_000L;

  /** Signs of life are noted this often, so that readings cost no writes. */
  static final long NOTE_NANOS = 100_000_000L;

  private final Clock source;
  private final AtomicReference<Life> life;

  /**
   * A process's life.
   *
   * @param seenNanos the source's time when somebody read it, about
   * @param awayNanos how much of the source's time was spent in pauses
   */
  private record Life(long seenNanos, long awayNanos) {}

  public AwakeClock(Clock source) {
    this.source = source;
    this.life = new AtomicReference<>(new Life(source.nanoTime(), 0));
  }

  @Override
  public long nanoTime() {
    while (true) {
      Life known = life.get();
      long now = source.nanoTime();
      long gapNanos = now - known.seenNanos;
      if (gapNanos < NOTE_NANOS) {
        return now - known.awayNanos;
      }
      // Somebody may have read up to NOTE_NANOS after the last note: time must not go back for
      // them.
      long awayNanos = known.awayNanos + (gapNanos > GAP_NANOS ? gapNanos - NOTE_NANOS : 0);
      if (life.compareAndSet(known, new Life(now, awayNanos))) {
        return now - awayNanos;
      }
    }
  }

  @Override
  public long epochMillis() {
    return source.epochMillis();
  }
}
