package io.mobula.worker.submit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease that this owner holds, and what it has pushed on it. Owner thread: the core worker's
 * loop.
 */
final class HeldLease {
  private final long id;
  private final long raylet;
  private final long worker;
  private final ClassQueue queue;
  private final ArrayDeque<PendingTask> inFlight = new ArrayDeque<>();
  private boolean isBlocked;
  private boolean isRecalled;
  private final long grantedNanos;
  private long lastProgressNanos;

  HeldLease(long id, long raylet, long worker, ClassQueue queue, long nowNanos) {
    this.id = id;
    this.raylet = raylet;
    this.worker = worker;
    this.queue = queue;
    this.grantedNanos = nowNanos;
    this.lastProgressNanos = nowNanos;
  }

  /**
   * Whether it has been kept long enough: nothing more is pushed, and it goes back once it is
   * empty.
   */
  boolean isOld(long nowNanos) {
    return nowNanos - grantedNanos >= TaskSubmitter.LEASE_NANOS;
  }

  long id() {
    return id;
  }

  long raylet() {
    return raylet;
  }

  long worker() {
    return worker;
  }

  ClassQueue queue() {
    return queue;
  }

  ArrayDeque<PendingTask> inFlight() {
    return inFlight;
  }

  /** Whether the running task waits in get or wait: then nothing may queue behind it. */
  boolean isBlocked() {
    return isBlocked;
  }

  void setBlocked(boolean blocked) {
    isBlocked = blocked;
  }

  /** Whether tasks that have not started were asked back and have not come yet. */
  boolean isRecalled() {
    return isRecalled;
  }

  void setRecalled(boolean recalled) {
    isRecalled = recalled;
  }

  /** When the lease was granted, or a task was pushed on it while idle, or answered. */
  long lastProgressNanos() {
    return lastProgressNanos;
  }

  void progress(long nowNanos) {
    lastProgressNanos = nowNanos;
  }

  /** The task in flight with this number; almost always the first. */
  @Nullable PendingTask find(long sequence) {
    for (PendingTask task : inFlight) {
      if (task.sequence() == sequence) {
        return task;
      }
    }
    return null;
  }

  /** Takes everything out of flight, in the order it was pushed. */
  List<PendingTask> takeAll() {
    List<PendingTask> all = new ArrayList<>(inFlight);
    inFlight.clear();
    return all;
  }
}
