package io.mobula.raylet.worker;

/**
 * Bounds of the pool.
 *
 * @param slotsPerWorker leases that one shared worker runs at once
 * @param concurrentStartsMax processes that may be starting at once
 * @param workersMax processes that may exist at once; what needs more waits
 * @param idleNanos after which an idle worker ends
 * @param startTimeoutNanos from launch to registration
 * @param endGraceNanos from the request to end to the kill
 */
public record WorkerLimits(
    int slotsPerWorker,
    int concurrentStartsMax,
    int workersMax,
    long idleNanos,
    long startTimeoutNanos,
    long endGraceNanos) {}
