package io.mobula.agent.loop;

/**
 * The way into a loop for adapters (sockets, gRPC, disk work) that bring events from other threads.
 * Any thread may call it. Its capacity is reserved: it never refuses while the loop lives, so what
 * is posted must be bounded by the adapter itself (flow control).
 */
public interface LoopExecutor {
  /**
   * Runs the action on the loop, in the order posted by this thread.
   *
   * @return false if the loop has ended; the action then never runs. Nor does one that was taken if
   *     the loop ends before its turn: an adapter that waits for the action waits with a bound
   */
  boolean post(Runnable action);
}
