package io.mobula.agent.link;

import java.time.Duration;

/**
 * Bounds of a link.
 *
 * @param highWaterBytes unsent bytes from which on the link is congested
 * @param lowWaterBytes unsent bytes at which it is writable again
 * @param maxUnsentBytes unsent bytes at which the peer is taken for dead
 * @param maxPacketBytes size of the largest packet accepted or sent
 * @param handshakeTimeoutNanos from connect to Welcome
 */
public record LinkLimits(
    int highWaterBytes,
    int lowWaterBytes,
    long maxUnsentBytes,
    int maxPacketBytes,
    long handshakeTimeoutNanos) {
  /** What every link uses unless a test says otherwise. */
  public static final LinkLimits DEFAULT =
      new LinkLimits(1 << 20, 256 << 10, 512L << 20, 256 << 20, 30_000_000_000L);

  /**
   * Within a process: nobody is given up for being slow, since a debugger may hold up whoever it
   * likes for as long as it likes.
   */
  public static final LinkLimits PATIENT =
      new LinkLimits(
          DEFAULT.highWaterBytes,
          DEFAULT.lowWaterBytes,
          DEFAULT.maxUnsentBytes,
          DEFAULT.maxPacketBytes,
          Duration.ofDays(36_500).toNanos());
}
