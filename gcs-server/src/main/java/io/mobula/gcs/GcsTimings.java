package io.mobula.gcs;

import java.time.Duration;

/**
 * When the GCS does what.
 *
 * @param heartbeatTimeout a node that says nothing for that long is dead
 * @param redialGrace a node whose stream closed has that long to come back
 * @param updateInterval load changes are passed on at most that often
 * @param earlySubscriptionTimeout a subscription waits that long for its actor to be registered
 */
public record GcsTimings(
    Duration heartbeatTimeout,
    Duration redialGrace,
    Duration updateInterval,
    Duration earlySubscriptionTimeout) {
  /** What a GCS uses unless configured otherwise. */
  public static final GcsTimings DEFAULT =
      new GcsTimings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMillis(50),
          Duration.ofSeconds(10));

  /** These, but nobody is dead for being silent. */
  GcsTimings withPatience() {
    return new GcsTimings(
        Duration.ofDays(36_500), redialGrace, updateInterval, earlySubscriptionTimeout);
  }
}
