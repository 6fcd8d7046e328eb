package io.mobula.agent.loop;

import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.link.LinkLimits;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link AgentLoop} runs.
 *
 * @param clock where its time comes from
 * @param mailboxCapacity messages that may wait; rounded up to a power of two
 * @param limits bounds of its links
 * @param closeTimeout how long {@link AgentLoop#close()} waits for the rest of the work and the
 *     links
 * @param spinNanos how long it looks for more work before it sleeps, while traffic is recent; 0 for
 *     never
 * @param onFatal told, on the loop's thread and last, of what the agent threw; the loop has logged
 *     it
 * @param network where its local links lead if not to other processes: to loops of this one; null
 *     for Unix sockets
 */
public record LoopConfig(
    Clock clock,
    int mailboxCapacity,
    LinkLimits limits,
    Duration closeTimeout,
    long spinNanos,
    Consumer<Throwable> onFatal,
    @Nullable InProcessNetwork network) {
  private static final int DEFAULT_MAILBOX_CAPACITY = 64 << 10;
  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Checks the ranges. */
  public LoopConfig {
    if (mailboxCapacity < 1) {
      throw new IllegalArgumentException("mailboxCapacity must be at least 1: " + mailboxCapacity);
    }
    if (spinNanos < 0) {
      throw new IllegalArgumentException("spinNanos must not be negative: " + spinNanos);
    }
  }

  /**
   * The time during which this process runs, default bounds, no spinning, and nobody but the log
   * told of a fatal end.
   */
  public static LoopConfig defaults() {
    return new LoopConfig(
        AwakeClock.INSTANCE,
        DEFAULT_MAILBOX_CAPACITY,
        LinkLimits.DEFAULT,
        DEFAULT_CLOSE_TIMEOUT,
        0,
        ignored -> {},
        null);
  }

  public LoopConfig withMailboxCapacity(int value) {
    return new LoopConfig(clock, value, limits, closeTimeout, spinNanos, onFatal, network);
  }

  public LoopConfig withLimits(LinkLimits value) {
    return new LoopConfig(clock, mailboxCapacity, value, closeTimeout, spinNanos, onFatal, network);
  }

  public LoopConfig withClock(Clock value) {
    return new LoopConfig(
        value, mailboxCapacity, limits, closeTimeout, spinNanos, onFatal, network);
  }

  public LoopConfig withCloseTimeout(Duration value) {
    return new LoopConfig(clock, mailboxCapacity, limits, value, spinNanos, onFatal, network);
  }

  public LoopConfig withSpinNanos(long value) {
    return new LoopConfig(clock, mailboxCapacity, limits, closeTimeout, value, onFatal, network);
  }

  public LoopConfig withOnFatal(Consumer<Throwable> value) {
    return new LoopConfig(clock, mailboxCapacity, limits, closeTimeout, spinNanos, value, network);
  }

  public LoopConfig withNetwork(@Nullable InProcessNetwork value) {
    return new LoopConfig(clock, mailboxCapacity, limits, closeTimeout, spinNanos, onFatal, value);
  }
}
