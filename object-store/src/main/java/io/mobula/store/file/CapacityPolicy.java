package io.mobula.store.file;

import java.util.OptionalLong;

/**
 * How large a store may be. Pure: the figures of the machine are given.
 *
 * <p>Without a wish, a store gets 30 % of the node's memory, but at most 80 % of what the file
 * system has free, so that other programs keep some. A wish is granted exactly, if the file system
 * has that much free.
 */
public final class CapacityPolicy {

  /** No store is smaller than this. */
  public static final long CAPACITY_BYTES_MIN = 16L << 20;

  private static final long MEMORY_PERCENT = 30;
  private static final long FREE_PERCENT = 80;

  private CapacityPolicy() {}

  /**
   * Decides.
   *
   * @param requestedBytes what the user asked for, if anything
   * @param memoryBytes the memory that the node may use
   * @param freeBytes what the file system of the store has free
   * @param directory where the store would be, for the message
   */
  public static CapacityDecision decide(
      OptionalLong requestedBytes, long memoryBytes, long freeBytes, StoreDirectory directory) {
    if (requestedBytes.isPresent()) {
      return decideRequested(requestedBytes.getAsLong(), freeBytes, directory);
    }
    long wantedBytes = Math.min(memoryBytes / 100 * MEMORY_PERCENT, freeBytes / 100 * FREE_PERCENT);
    long capacityBytes = Math.max(wantedBytes, CAPACITY_BYTES_MIN);
    return capacityBytes <= freeBytes
        ? new CapacityDecision.Granted(capacityBytes)
        : tooLarge(capacityBytes, freeBytes, directory);
  }

  private static CapacityDecision decideRequested(
      long requestedBytes, long freeBytes, StoreDirectory directory) {
    if (requestedBytes < CAPACITY_BYTES_MIN) {
      return new CapacityDecision.Refused(
          requestedBytes,
          freeBytes,
          "Object store is too small: requestedBytes=%d, leastBytes=%d; ask for at least that"
              .formatted(requestedBytes, CAPACITY_BYTES_MIN));
    }
    return requestedBytes <= freeBytes
        ? new CapacityDecision.Granted(requestedBytes)
        : tooLarge(requestedBytes, freeBytes, directory);
  }

  private static CapacityDecision tooLarge(
      long requestedBytes, long freeBytes, StoreDirectory directory) {
    return new CapacityDecision.Refused(
        requestedBytes,
        freeBytes,
        ("Object store does not fit: requestedBytes=%d, freeBytes=%d, directory=%s; free some of"
                + " it, make it larger (in a container: --shm-size), or ask for a smaller store")
            .formatted(requestedBytes, freeBytes, directory.path()));
  }
}
