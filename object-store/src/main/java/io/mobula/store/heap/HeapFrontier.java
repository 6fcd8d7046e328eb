package io.mobula.store.heap;

import io.mobula.store.HeapRange;
import io.mobula.store.layout.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * The line between the heap's populated memory and the part of the file that has no memory yet.
 *
 * <p>Belongs to one thread. At most one extent is being populated at a time. Extents grow with the
 * heap, so that a small store stays small and a large one needs few of them. The line is always at
 * a multiple of {@link StoreLayout#HEAP_ALIGNMENT_BYTES} or at the heap's end, so that whoever
 * touches a block of that size which holds an object touches no page that does not exist. When the
 * system refuses memory, growth stops until {@link #resume}: asking again at once would only fill
 * what others need.
 */
final class HeapFrontier {

  private static final long UNIT_BYTES = StoreLayout.HEAP_ALIGNMENT_BYTES;
  private static final long EXTENT_BYTES_MIN = 8L << 20;
  private static final long EXTENT_BYTES_MAX = 256L << 20;
  private static final long AHEAD_BYTES_MAX = 32L << 20;

  private final HeapRange heap;
  private long populatedEnd;
  private @Nullable HeapRange growing;
  private boolean isStopped;

  HeapFrontier(HeapRange heap) {
    this.heap = heap;
    this.populatedEnd = heap.offset();
  }

  /** The extent that is being populated now, or null. */
  @Nullable HeapRange growing() {
    return growing;
  }

  /**
   * Begins to grow by at least {@code missingBytes} and returns the extent to populate; null if the
   * capacity or the system does not allow it.
   */
  @Nullable HeapRange grow(long missingBytes) {
    if (growing != null) {
      throw new IllegalStateException("Heap grows already: growing=" + growing);
    }
    long leftBytes = ungrownBytes();
    if (missingBytes > leftBytes) {
      return null;
    }
    long halfBytes = (populatedEnd - heap.offset()) / 2;
    long extentBytes = Math.clamp(halfBytes, EXTENT_BYTES_MIN, EXTENT_BYTES_MAX);
    long wantedBytes = roundUp(Math.max(missingBytes, extentBytes));
    HeapRange extent = new HeapRange(populatedEnd, Math.min(wantedBytes, leftBytes));
    growing = extent;
    return extent;
  }

  /**
   * Begins to grow by a little, for later; null if it grows already or can't.
   *
   * <p>Little, because who needs memory meanwhile waits for it.
   */
  @Nullable HeapRange growAhead(long wantedBytes) {
    long leftBytes = ungrownBytes();
    if (growing != null || leftBytes == 0) {
      return null;
    }
    long extentBytes = Math.min(roundUp(wantedBytes), AHEAD_BYTES_MAX);
    HeapRange extent = new HeapRange(populatedEnd, Math.min(extentBytes, leftBytes));
    growing = extent;
    return extent;
  }

  /**
   * Ends growing and returns what memory there is now, which is empty if not even a unit came.
   *
   * @throws IllegalStateException if the result is not for the extent that is growing
   */
  HeapRange finish(PopulateResult result) {
    if (!result.extent().equals(growing)) {
      throw new IllegalStateException(
          "Populated extent was not asked for: growing=" + growing + ", result=" + result);
    }
    growing = null;
    isStopped = !result.isComplete();
    long wholeBytes =
        result.isComplete()
            ? result.populatedBytes()
            : result.populatedBytes() / UNIT_BYTES * UNIT_BYTES;
    HeapRange memory = new HeapRange(populatedEnd, wholeBytes);
    populatedEnd += wholeBytes;
    return memory;
  }

  /** Lets the heap grow again after the system refused memory. */
  void resume() {
    isStopped = false;
  }

  boolean isStopped() {
    return isStopped;
  }

  /** How much the heap may still grow; zero while growth is stopped. */
  long ungrownBytes() {
    return isStopped ? 0 : heap.endOffset() - populatedEnd;
  }

  private static long roundUp(long sizeBytes) {
    return (sizeBytes + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
  }
}
