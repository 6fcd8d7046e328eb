package io.mobula.agent.loop;

/**
 * A clock that moves only when told to, for tests and simulation. Several {@link ManualLoop}s may
 * share one. Owner thread: the one that steps the loops.
 */
public final class VirtualClock implements Clock {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long epochMillisAtZero;
  private long nowNanos;

  /** Starts at 0 ns, 1970. */
  public VirtualClock() {
    this(0, 0);
  }

  /**
   * @param nowNanos what {@link #nanoTime()} starts with
   * @param epochMillis what {@link #epochMillis()} starts with
   */
  public VirtualClock(long nowNanos, long epochMillis) {
    this.nowNanos = nowNanos;
    this.epochMillisAtZero = epochMillis - nowNanos / NANOS_PER_MILLI;
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public long epochMillis() {
    return epochMillisAtZero + nowNanos / NANOS_PER_MILLI;
  }

  /** Moves time on; timers fire when their loop is stepped. */
  public void advanceNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("time can't go back: nanos=" + nanos);
    }
    nowNanos += nanos;
  }
}
