package io.mobula.raylet.worker;

import java.util.LinkedHashSet;
import java.util.Set;

/** A worker process as the pool knows it. Owned by {@link WorkerPool}. */
final class PooledWorker {
  /** No time: the worker waits for nothing. */
  static final long NEVER = Long.MAX_VALUE;

  final WorkerStart start;
  final int slotCount;

  /** The leases in its slots. */
  final Set<Long> leases = new LinkedHashSet<>();

  private WorkerState state = WorkerState.STARTING;
  private boolean hasExited;
  private boolean wasRegistered;
  long pid;
  String reason = "";
  boolean isExpected;

  /** When the state's time is over: start time-out, grace. */
  long deadlineNanos;

  /** Since when it has had no lease; {@link #NEVER} while it has some. */
  long idleSinceNanos = NEVER;

  PooledWorker(WorkerStart start, int slotCount, long deadlineNanos) {
    this.start = start;
    this.slotCount = slotCount;
    this.deadlineNanos = deadlineNanos;
  }

  WorkerState state() {
    return state;
  }

  void on(WorkerState.Event event) {
    state = state.after(event);
    hasExited |= event == WorkerState.Event.EXITED;
    wasRegistered |= event == WorkerState.Event.REGISTERED;
    deadlineNanos = NEVER;
  }

  boolean hasExited() {
    return hasExited;
  }

  boolean isStarting() {
    return state == WorkerState.STARTING;
  }

  boolean hasFreeSlot() {
    return (state == WorkerState.READY || state == WorkerState.STARTING)
        && leases.size() < slotCount;
  }

  boolean isIdle() {
    return state == WorkerState.READY && leases.isEmpty();
  }

  WorkerDeath death() {
    return new WorkerDeath(start.number(), pid, reason, isExpected, wasRegistered);
  }
}
