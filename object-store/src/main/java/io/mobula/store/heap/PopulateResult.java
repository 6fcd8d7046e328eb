package io.mobula.store.heap;

import io.mobula.store.HeapRange;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt to give an extent of the heap real memory ended.
 *
 * @param extent the extent that was to be populated
 * @param populatedBytes how much of it, from its start, has memory now
 * @param failure what stopped the attempt, or null if all of the extent has memory
 */
public record PopulateResult(HeapRange extent, long populatedBytes, @Nullable String failure) {

  /** Refuses a result that contradicts itself. */
  public PopulateResult {
    boolean isWhole = populatedBytes == extent.sizeBytes();
    if (populatedBytes < 0
        || populatedBytes > extent.sizeBytes()
        || (failure == null && !isWhole)) {
      throw new IllegalArgumentException(
          "Populated bytes contradict the result: extent="
              + extent
              + ", populatedBytes="
              + populatedBytes
              + ", failure="
              + failure);
    }
  }

  /** All of {@code extent} has memory. */
  public static PopulateResult complete(HeapRange extent) {
    return new PopulateResult(extent, extent.sizeBytes(), null);
  }

  /** Only the first {@code populatedBytes} of {@code extent} have memory, because of a failure. */
  public static PopulateResult stopped(HeapRange extent, long populatedBytes, String failure) {
    return new PopulateResult(extent, populatedBytes, failure);
  }

  /** Whether all of the extent has memory. */
  public boolean isComplete() {
    return failure == null;
  }
}
