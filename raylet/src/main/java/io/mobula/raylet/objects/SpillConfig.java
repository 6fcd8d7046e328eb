package io.mobula.raylet.objects;

import java.time.Duration;

/**
 * How a node spills.
 *
 * @param threshold the part of the store's capacity above which it spills
 * @param batchBytes size of the files that it aims at
 * @param limitBytes what the files may take
 * @param writersMax files that are written at a time
 * @param readersMax objects that are read back at a time
 * @param pauseMin how long it pauses when there was no room; doubles each time
 * @param pauseMax longest pause
 */
public record SpillConfig(
    double threshold,
    long batchBytes,
    long limitBytes,
    int writersMax,
    int readersMax,
    Duration pauseMin,
    Duration pauseMax) {

  /** What is used unless told otherwise. */
  public static final SpillConfig DEFAULT =
      new SpillConfig(
          0.8, 100L << 20, Long.MAX_VALUE, 2, 4, Duration.ofSeconds(1), Duration.ofSeconds(30));

  /** Refuses bounds that nothing could work with. */
  public SpillConfig {
    if (!(threshold > 0 && threshold <= 1) || batchBytes < 1 || writersMax < 1 || readersMax < 1) {
      throw new IllegalArgumentException(
          "Not in range: threshold="
              + threshold
              + ", batchBytes="
              + batchBytes
              + ", writersMax="
              + writersMax
              + ", readersMax="
              + readersMax);
    }
  }

  /** This configuration with other bounds. */
  public SpillConfig withBounds(double part, long batch, long limit) {
    return new SpillConfig(part, batch, limit, writersMax, readersMax, pauseMin, pauseMax);
  }

  /** Above how many used bytes a store of this capacity spills. */
  long markBytes(long capacityBytes) {
    return (long) (capacityBytes * threshold);
  }

  /**
   * The batch of a store of this capacity: an eighth of it at most, so that a small store has
   * several batches between the mark and its capacity.
   */
  long batchBytes(long capacityBytes) {
    return Math.max(1, Math.min(batchBytes, capacityBytes / 8));
  }
}
