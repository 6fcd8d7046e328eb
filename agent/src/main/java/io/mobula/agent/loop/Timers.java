package io.mobula.agent.loop;

/** Timers of one loop. Owner thread: the loop's. */
public interface Timers {
  /**
   * Runs the action on the loop once the delay has passed.
   *
   * @param delayNanos from now; 0 or less means at the next turn
   */
  Timer schedule(long delayNanos, Runnable action);

  /** A scheduled action. */
  interface Timer {
    /** Makes sure that the action does not run (again). Idempotent. */
    void cancel();
  }
}
