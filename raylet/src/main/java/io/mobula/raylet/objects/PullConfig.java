package io.mobula.raylet.objects;

import java.time.Duration;

/**
 * Bounds of pulling.
 *
 * @param bytesInFlightMax size of the objects being pulled at a time; one larger than that is
 *     pulled alone
 * @param partBytes size of the parts in which an object comes; the same on all nodes, or those that
 *     still pull an object can't serve it to each other
 * @param sourcesMax nodes from which one object comes at a time
 * @param partsPerSourceMax parts of one object that come from one node at a time
 * @param transfersPerNodeMax parts of all objects that come from one node at a time
 * @param grace how long an object is tried while no node that has it can be reached
 * @param backOffMin pause after a failure; doubles with each
 * @param backOffMax longest pause; also how often the owner is asked for other nodes, and how long
 *     an object that can't be reached keeps others from being pulled
 */
public record PullConfig(
    long bytesInFlightMax,
    long partBytes,
    int sourcesMax,
    int partsPerSourceMax,
    int transfersPerNodeMax,
    Duration grace,
    Duration backOffMin,
    Duration backOffMax) {

  private static final long BYTES_IN_FLIGHT = 256L << 20;
  private static final long PART_BYTES = 8L << 20;
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final long ASK_AGAIN_MIN_NANOS = Duration.ofMillis(10).toNanos();
  private static final int ASK_AGAIN_DOUBLINGS_MAX = 6;

  /** Refuses bounds that nothing could work with. */
  public PullConfig {
    if (bytesInFlightMax < 1
        || partBytes < 1
        || sourcesMax < 1
        || partsPerSourceMax < 1
        || transfersPerNodeMax < 1) {
      throw new IllegalArgumentException(
          "Not positive: bytesInFlightMax="
              + bytesInFlightMax
              + ", partBytes="
              + partBytes
              + ", sourcesMax="
              + sourcesMax
              + ", partsPerSourceMax="
              + partsPerSourceMax
              + ", transfersPerNodeMax="
              + transfersPerNodeMax);
    }
  }

  /** What a raylet with a store of this size uses: a quarter of it, or 256 MiB if that is less. */
  public static PullConfig ofCapacity(long capacityBytes) {
    return new PullConfig(
        Math.max(1, Math.min(BYTES_IN_FLIGHT, capacityBytes / 4)),
        PART_BYTES,
        4,
        2,
        4,
        GRACE,
        Duration.ofMillis(100),
        Duration.ofSeconds(2));
  }

  /** The same with another grace. */
  PullConfig withGrace(Duration other) {
    return new PullConfig(
        bytesInFlightMax,
        partBytes,
        sourcesMax,
        partsPerSourceMax,
        transfersPerNodeMax,
        other,
        backOffMin,
        backOffMax);
  }

  /** How long a copy that has begun to come is waited for while only another can be reached. */
  long patienceNanos() {
    return Math.min(backOffMax.toNanos(), grace.toNanos() / 4);
  }

  /** The pause after that many failures in a row. */
  long backOffNanos(int failures) {
    long pauseNanos = backOffMin.toNanos() << Math.min(failures - 1, 20);
    return Math.min(pauseNanos, backOffMax.toNanos());
  }

  /**
   * The pause after a source that pulls the object itself had nothing, that many times in a row.
   */
  static long askAgainNanos(int times) {
    return ASK_AGAIN_MIN_NANOS << Math.min(times - 1, ASK_AGAIN_DOUBLINGS_MAX);
  }
}
