package io.mobula.gcs.state;

/**
 * Bounds of the cluster's state.
 *
 * @param historyCountMax dead nodes, ended jobs and dead actors remembered, each
 * @param actorCountMax living actors
 * @param startAttemptsMax tries to get a process for one start of an actor
 * @param kvBytesMax keys and values together
 */
public record StateLimits(
    int historyCountMax, int actorCountMax, int startAttemptsMax, long kvBytesMax) {
  /** What a GCS uses unless configured otherwise. */
  public static final StateLimits DEFAULT = new StateLimits(1000, 1_000_000, 3, 64L << 20);
}
