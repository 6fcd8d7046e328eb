package io.mobula.worker.execute;

import io.mobula.agent.loop.Timers;

/**
 * Finds tasks that wait for us through somebody else. Owner thread: the core worker's loop.
 *
 * <p>A task that calls {@code get} says that it waits. One that waits for a future, or for a thread
 * that it started which calls {@code get}, does not: nobody knows that it waits but the JVM. So as
 * long as anybody but a task waits for something here, the threads of all leased tasks are looked
 * at again and again, and one that waits twice in a row, whatever for, counts as waiting. A task
 * that only sleeps meanwhile may count, too: that costs a lease that runs beside it. While nobody
 * waits elsewhere, nothing is looked at.
 */
public final class WaitWatch {
  static final long PERIOD_NANOS = 5_000_000;

  private final TaskSlots slots;
  private final LeaseThreads threads;
  private final Timers timers;
  private boolean isArmed;

  public WaitWatch(TaskSlots slots, LeaseThreads threads, Timers timers) {
    this.slots = slots;
    this.threads = threads;
    this.timers = timers;
  }

  /** The end of a turn: begins to look if there is a reason to. */
  public void onTurnEnd() {
    if (!isArmed && hasReason()) {
      isArmed = true;
      timers.schedule(PERIOD_NANOS, this::onTick);
    }
  }

  private void onTick() {
    if (hasReason()) {
      slots.onLook(threads);
      timers.schedule(PERIOD_NANOS, this::onTick);
    } else {
      slots.onNothingToLookFor();
      isArmed = false;
    }
  }

  private boolean hasReason() {
    return slots.size() > 0 && threads.hasWaitsElsewhere();
  }
}
