package io.mobula.raylet.worker;

import io.mobula.proto.FailureKind;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.worker.HeapPolicy.HeapWish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A job as the pool knows it: its class path, who waits for a slot, its failed starts. Owned by
 * {@link WorkerPool}.
 */
final class JobWorkers {
  /** Starts that may fail in a row before those who wait are told. */
  private static final int START_FAILURES_MAX = 3;

  /** The same, if some were killed: the next may not be. */
  private static final int START_FAILURES_MAX_WHEN_KILLED = 12;

  private static final long BACK_OFF_NANOS = 200_000_000L;

  enum Phase {
    /** Somebody asked for slots before the GCS told of the job. */
    UNKNOWN,
    KNOWN,
    PREPARING,
    READY,
    FAILED,
    ENDED
  }

  final int job;
  private final Map<Long, SlotWanted> waiting = new LinkedHashMap<>();
  Phase phase = Phase.UNKNOWN;

  /** UNKNOWN: until when those who wait go on waiting. */
  long unknownDeadlineNanos = PooledWorker.NEVER;

  /** Whether a shared worker should be there before anybody asks. */
  boolean wantsWarmWorker;

  /** FAILED: why. */
  FailureKind failureKind = FailureKind.INTERNAL;

  String failureMessage = "";

  /** Starts that failed since the last that did not. */
  private int startFailures;

  private boolean isAnyKilled;

  /** No start before. */
  long nextStartNanos;

  JobWorkers(int job) {
    this.job = job;
  }

  void add(SlotWanted wanted) {
    waiting.put(wanted.lease(), wanted);
  }

  boolean remove(long lease) {
    return waiting.remove(lease) != null;
  }

  boolean isAnyoneWaiting() {
    return !waiting.isEmpty();
  }

  List<SlotWanted> waiting(LeaseKind kind) {
    return waiting.values().stream().filter(wanted -> wanted.kind() == kind).toList();
  }

  /** Those who wait, who wait no more. */
  List<SlotWanted> takeAll() {
    List<SlotWanted> all = new ArrayList<>(waiting.values());
    waiting.clear();
    return all;
  }

  void started() {
    startFailures = 0;
    isAnyKilled = false;
  }

  /**
   * A start failed: the next has to wait, longer each time.
   *
   * @param isKilled whether the process was killed from outside
   * @return how many failed in a row, if that is too many, and counts anew; else 0
   */
  int startFailed(boolean isKilled, long nowNanos) {
    startFailures++;
    isAnyKilled |= isKilled;
    nextStartNanos = nowNanos + (BACK_OFF_NANOS << Math.min(startFailures - 1, 4));
    if (startFailures < (isAnyKilled ? START_FAILURES_MAX_WHEN_KILLED : START_FAILURES_MAX)) {
      return 0;
    }
    int failures = startFailures;
    started();
    return failures;
  }

  /** Somebody wants a slot, of a process with that heap. */
  record SlotWanted(long lease, LeaseKind kind, String name, HeapWish wish) {}
}
