package io.mobula.worker.submit;

import io.mobula.proto.ProcessDied;
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
  private boolean isClosed;
  private @Nullable ProcessDied death;
  private long deathNanos;
  private long pushes;
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

  /** Whether it has ended at its worker: nothing is pushed any more, and it does not go back. */
  boolean isClosed() {
    return isClosed;
  }

  void close() {
    isClosed = true;
  }

  /**
   * The death of its worker, once it was heard of; what the worker was doing is still to be told.
   */
  @Nullable ProcessDied death() {
    return death;
  }

  /** When {@link #death} was heard of. */
  long deathNanos() {
    return deathNanos;
  }

  void setDeath(ProcessDied heard, long nowNanos) {
    if (death == null) {
      death = heard;
      deathNanos = nowNanos;
    }
  }

  /** Whether something may be pushed, now or later. */
  boolean isOpen() {
    return !isClosed && death == null;
  }

  /** How many more tasks may be pushed now. */
  int room(int depth) {
    PendingTask oldest = inFlight.peekFirst();
    long window =
        oldest == null
            ? PipelinePolicy.WINDOW
            : PipelinePolicy.WINDOW - (pushes - oldest.pushNumber());
    return (int) Math.min(depth - inFlight.size(), window);
  }

  /** The task is pushed. */
  void add(PendingTask task) {
    task.setPushNumber(pushes++);
    task.setPutBack(false);
    inFlight.addLast(task);
  }

  /** The task is answered or came back. */
  void remove(PendingTask task) {
    inFlight.remove(task);
    if (inFlight.isEmpty()) {
      // Whatever waited is over.
      isBlocked = false;
    }
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
