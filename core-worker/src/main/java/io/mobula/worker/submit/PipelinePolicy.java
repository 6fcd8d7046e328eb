package io.mobula.worker.submit;

/**
 * How many tasks to have at a worker at a time on one lease. Pure.
 *
 * <p>Microsecond tasks are pushed by the hundred, so that the worker never waits for the next; a
 * task that takes long is pushed alone, so that nothing queues behind it. The measure is the run
 * time of recent tasks of the class, forgotten exponentially, and reset upwards at once by a slow
 * one.
 */
public final class PipelinePolicy {
  /** Work that may queue at a worker, in time. */
  static final long QUEUED_NANOS_MAX = 2_000_000;

  static final int DEPTH_MAX = 256;

  /**
   * Pushes on a lease from the oldest that is not answered to the next that may be made. Workers
   * remember twice as many starts, so none that is not answered is forgotten.
   */
  static final int WINDOW = DEPTH_MAX;

  /** A class of which nothing has run yet. */
  static final long UNKNOWN = -1;

  private PipelinePolicy() {}

  /**
   * @param typicalNanos from {@link #observe}, or {@link #UNKNOWN}
   * @return at least 1
   */
  public static int depth(long typicalNanos) {
    if (typicalNanos == UNKNOWN) {
      return 1;
    }
    long fits = QUEUED_NANOS_MAX / Math.max(1_000, typicalNanos);
    return Math.clamp(fits, 1, DEPTH_MAX);
  }

  /** The new typical run time after a task of this class ran. */
  public static long observe(long typicalNanos, long runNanos) {
    if (typicalNanos == UNKNOWN || runNanos > 4 * typicalNanos) {
      return runNanos;
    }
    return typicalNanos + (runNanos - typicalNanos) / 8;
  }
}
