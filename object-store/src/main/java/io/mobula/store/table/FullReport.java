package io.mobula.store.table;

/**
 * Why there was no room for an object. For what holds the most, see {@link
 * StoreTable#largestObjects} and {@link StoreTable#largestHolders}.
 *
 * @param sizeBytes what was asked for
 * @param usage the store's figures at that moment
 * @param isGrowthStopped whether the system refused memory to the store before its capacity
 */
public record FullReport(long sizeBytes, StoreUsage usage, boolean isGrowthStopped) {

  /** Whether the object is larger than the whole store, so that waiting is in vain. */
  public boolean isHopeless() {
    return sizeBytes > usage.heap().capacityBytes();
  }

  /** The figures in one line. */
  @Override
  public String toString() {
    return ("sizeBytes=%d, capacityBytes=%d, usedBytes=%d, pinnedBytes=%d, heldBytes=%d,"
            + " unsealedBytes=%d, deletingBytes=%d, leasedBytes=%d, largestFreeBytes=%d,"
            + " isGrowthStopped=%s")
        .formatted(
            sizeBytes,
            usage.heap().capacityBytes(),
            usage.heap().usedBytes(),
            usage.pinnedBytes(),
            usage.heldBytes(),
            usage.unsealedBytes(),
            usage.deletingBytes(),
            usage.leasedBytes(),
            usage.heap().largestFreeBytes(),
            isGrowthStopped);
  }
}
