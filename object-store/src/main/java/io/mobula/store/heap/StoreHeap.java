package io.mobula.store.heap;

import io.mobula.store.HeapRange;
import io.mobula.store.layout.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * The heap of one store: free memory first, then growth up to its capacity, then refusal.
 *
 * <p>Belongs to one thread. Memory of the file that nobody has touched does not exist, and touching
 * it where the system has none left kills the process. So the heap hands out only memory that was
 * populated: it answers {@link HeapAllocation.Grow}, its user populates that extent (which blocks,
 * so on another thread) and reports the result to {@link #populateFinished}.
 */
public final class StoreHeap {

  private final HeapRange heap;
  private final HeapAllocator allocator;
  private final HeapFrontier frontier;

  /** An empty heap in the heap region of {@code layout}. */
  public StoreHeap(StoreLayout layout) {
    heap = layout.heap();
    allocator = new HeapAllocator(heap.offset(), layout.pageBytes());
    frontier = new HeapFrontier(heap);
  }

  /** Asks for {@code sizeBytes}, which may be zero. */
  public HeapAllocation allocate(long sizeBytes) {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("Size is negative: sizeBytes=" + sizeBytes);
    }
    if (sizeBytes > heap.sizeBytes()) {
      return new HeapAllocation.NoRoom();
    }
    HeapBlock block = allocator.allocate(sizeBytes);
    if (block != null) {
      return new HeapAllocation.Fits(block);
    }
    HeapRange growing = frontier.growing();
    if (growing != null) {
      return new HeapAllocation.Growing(growing);
    }
    HeapRange extent = frontier.grow(allocator.missingAtEnd(sizeBytes));
    return extent == null ? new HeapAllocation.NoRoom() : new HeapAllocation.Grow(extent);
  }

  /**
   * Has the heap grow before anybody needs the memory: an extent to populate and report to {@link
   * #populateFinished}, or null if there are {@code aheadBytes} of free memory, the heap grows
   * already, or it can't grow.
   */
  public @Nullable HeapRange growAhead(long aheadBytes) {
    long freeBytes = allocator.populatedBytes() - allocator.usedBytes();
    return freeBytes >= aheadBytes ? null : frontier.growAhead(aheadBytes - freeBytes);
  }

  /** Free memory of {@code sizeBytes} as it is, without growth; null if there is none. */
  public @Nullable HeapBlock allocateFree(long sizeBytes) {
    return allocator.allocate(sizeBytes);
  }

  /**
   * Makes the first bytes of a block of this heap a block of their own; the rest stays what it was.
   *
   * @param takenBytes a multiple of 64, less than the block has
   */
  public HeapBlock carve(HeapBlock block, long takenBytes) {
    return allocator.carve(block, takenBytes);
  }

  /** Gives back a block of this heap. */
  public void free(HeapBlock block) {
    allocator.free(block);
  }

  /**
   * Takes the memory that a {@link HeapAllocation.Grow} asked for. If not all of it came, the heap
   * uses what did and does not grow again until {@link #resumeGrowth}.
   */
  public void populateFinished(PopulateResult result) {
    HeapRange memory = frontier.finish(result);
    if (memory.sizeBytes() > 0) {
      allocator.append(memory);
    }
  }

  /** Lets the heap try to grow again after the system refused memory. */
  public void resumeGrowth() {
    frontier.resume();
  }

  /** Whether the system refused memory and growth has not been resumed since. */
  public boolean isGrowthStopped() {
    return frontier.isStopped();
  }

  /** The size of the block that an object of {@code sizeBytes} takes. */
  public long blockBytes(long sizeBytes) {
    return allocator.blockBytes(sizeBytes);
  }

  /** The figures of now. */
  public HeapUsage usage() {
    return new HeapUsage(
        heap.sizeBytes(),
        allocator.populatedBytes(),
        allocator.usedBytes(),
        frontier.ungrownBytes(),
        allocator.largestFreeBytes(),
        allocator.freeBlockCount());
  }

  /**
   * Checks every invariant, at a cost of all blocks.
   *
   * @throws IllegalStateException if one is broken
   */
  public void verify() {
    allocator.verify();
  }
}
