package io.mobula.worker.submit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tasks of one scheduling class that are ready to run, the leases that may run them, and the
 * requests for more. Owner thread: the core worker's loop.
 */
final class ClassQueue {
  private final SchedulingClass schedulingClass;
  private final ArrayDeque<PendingTask> ready = new ArrayDeque<>();
  private final List<HeldLease> leases = new ArrayList<>();
  private final Map<Long, Long> requests = new HashMap<>();
  private long typicalNanos = PipelinePolicy.UNKNOWN;

  ClassQueue(SchedulingClass schedulingClass) {
    this.schedulingClass = schedulingClass;
  }

  SchedulingClass schedulingClass() {
    return schedulingClass;
  }

  ArrayDeque<PendingTask> ready() {
    return ready;
  }

  /** Takes a task that was pushed: it goes before younger ones, and behind older such tasks. */
  void putBack(PendingTask task) {
    ArrayDeque<PendingTask> older = new ArrayDeque<>();
    for (PendingTask head = ready.peekFirst();
        head != null && head.isPutBack() && head.sequence() < task.sequence();
        head = ready.peekFirst()) {
      older.addFirst(ready.removeFirst());
    }
    task.setPutBack(true);
    ready.addFirst(task);
    older.forEach(ready::addFirst);
  }

  List<HeldLease> leases() {
    return leases;
  }

  /** Open lease requests: number to the raylet asked. */
  Map<Long, Long> requests() {
    return requests;
  }

  int depth() {
    return PipelinePolicy.depth(typicalNanos);
  }

  void observe(long runNanos) {
    typicalNanos = PipelinePolicy.observe(typicalNanos, runNanos);
  }

  /** Something turned out to be slow while others queued behind it. */
  void expectSlow() {
    typicalNanos = PipelinePolicy.QUEUED_NANOS_MAX;
  }

  boolean isIdle() {
    return ready.isEmpty() && leases.isEmpty() && requests.isEmpty();
  }
}
