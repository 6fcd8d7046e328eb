package io.mobula.raylet.worker;

import io.mobula.raylet.lease.LeaseKind;

/**
 * Bounds of the pool.
 *
 * @param slotsPerWorker leases that one shared worker runs at once
 * @param concurrentStartsMax processes that may be starting at once
 * @param workersMax processes that may exist at once, but for those that are retained; what needs
 *     more waits. As many may be retained
 * @param idleNanos after which an idle worker ends, if it is not needed for what it owns
 * @param startTimeoutNanos from launch to registration
 * @param endGraceNanos from the request to end to the kill
 * @param heaps how large their heaps may become
 */
public record WorkerLimits(
    int slotsPerWorker,
    int concurrentStartsMax,
    int workersMax,
    long idleNanos,
    long startTimeoutNanos,
    long endGraceNanos,
    HeapPolicy heaps) {
  /** Leases that a worker of that kind serves at once. */
  public int slots(LeaseKind kind) {
    return kind == LeaseKind.SHARED ? slotsPerWorker : 1;
  }
}
