package io.mobula.raylet.worker;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.worker.HeapPolicy.HeapWish;
import io.mobula.raylet.worker.JobWorkers.SlotWanted;
import java.util.LinkedHashSet;
import java.util.Set;

/** A worker process as the pool knows it. Owned by {@link WorkerPool}. */
final class PooledWorker {
  /** No time: the worker waits for nothing. */
  static final long NEVER = Long.MAX_VALUE;

  final WorkerStart start;
  final int slotCount;

  /** The heap for which it was started; it may have got less. */
  final HeapWish wish;

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

  private IdleState idleState = IdleState.BUSY;
  private long idleSinceNanos;
  private long vacantSinceNanos;

  /** The last question whether it may end. */
  long question;

  /** Questions in a row that it left without an answer. */
  int unansweredQuestions;

  /** RETAINED: why, for people. */
  String retainedFor = "";

  PooledWorker(WorkerStart start, int slotCount, HeapWish wish, long deadlineNanos) {
    this.start = start;
    this.wish = wish;
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

  /** Whether its heap is as large as somebody wishes; tasks that share one take it as it is. */
  boolean suits(SlotWanted wanted) {
    return start.kind() == LeaseKind.SHARED || wish.bytes() >= wanted.wish().bytes();
  }

  /** Whether it runs and has no lease. */
  boolean isIdle() {
    return state == WorkerState.READY && leases.isEmpty();
  }

  IdleState idleState() {
    return idleState;
  }

  /** Since when it has been in its {@link #idleState()}. */
  long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** Since when it has had no lease. */
  long vacantSinceNanos() {
    return vacantSinceNanos;
  }

  /** Whether it has nothing to do, and stays for what it owns. */
  boolean isRetained() {
    return isIdle() && idleState.isRetained();
  }

  void idle(IdleState.Event event, long nowNanos) {
    idleState = idleState.after(event);
    idleSinceNanos = nowNanos;
    if (event == IdleState.Event.VACATED) {
      vacantSinceNanos = nowNanos;
      unansweredQuestions = 0;
    }
  }

  /** It got a lease. */
  void occupied() {
    idleState = idleState.after(IdleState.Event.OCCUPIED);
  }

  WorkerDeath death() {
    return new WorkerDeath(start.number(), pid, reason, isExpected, wasRegistered);
  }
}
