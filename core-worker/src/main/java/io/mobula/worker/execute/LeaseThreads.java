package io.mobula.worker.execute;

/** The threads that run leased tasks, as the loop sees them. Each method returns at once. */
public interface LeaseThreads {
  /**
   * Whether something waits for us that is not the thread of a leased task, perhaps on behalf of
   * one: a future, or a thread that a task started.
   */
  boolean hasWaitsElsewhere();

  /** Whether the lease runs a task whose thread waits at this moment, whatever for. */
  boolean isWaiting(long lease);
}
