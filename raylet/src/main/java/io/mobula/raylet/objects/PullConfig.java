package io.mobula.raylet.objects;

import java.time.Duration;

/**
 * Bounds of pulling.
 *
 * @param bytesInFlightMax size of the objects being pulled at a time; one larger than that is
 *     pulled alone
 * @param transfersPerNodeMax objects that come from one node at a time
 * @param roundsMax how often all sources are tried
 * @param backOffMin pause after the first round; doubles with each
 * @param backOffMax longest pause
 */
public record PullConfig(
    long bytesInFlightMax,
    int transfersPerNodeMax,
    int roundsMax,
    Duration backOffMin,
    Duration backOffMax) {

  private static final long BYTES_IN_FLIGHT = 256L << 20;

  /** Refuses bounds that nothing could work with. */
  public PullConfig {
    if (bytesInFlightMax < 1 || transfersPerNodeMax < 1 || roundsMax < 1) {
      throw new IllegalArgumentException(
          "Not positive: bytesInFlightMax="
              + bytesInFlightMax
              + ", transfersPerNodeMax="
              + transfersPerNodeMax
              + ", roundsMax="
              + roundsMax);
    }
  }

  /** What a raylet with a store of this size uses: a quarter of it, or 256 MiB if that is less. */
  public static PullConfig ofCapacity(long capacityBytes) {
    return new PullConfig(
        Math.max(1, Math.min(BYTES_IN_FLIGHT, capacityBytes / 4)),
        4,
        7,
        Duration.ofMillis(100),
        Duration.ofSeconds(2));
  }

  /** The pause after a round, counted from 1. */
  long backOffNanos(int round) {
    long pauseNanos = backOffMin.toNanos() << Math.min(round - 1, 20);
    return Math.min(pauseNanos, backOffMax.toNanos());
  }
}
