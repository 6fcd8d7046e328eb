package io.mobula.store.heap;

/**
 * How full the heap is, and how broken up.
 *
 * @param capacityBytes the most it may ever hold
 * @param populatedBytes how much of that has memory
 * @param usedBytes how much of the memory is allocated
 * @param ungrownBytes how much more may get memory; zero while the system refuses it
 * @param largestFreeBytes the largest free block
 * @param freeBlockCount how many free blocks there are
 */
public record HeapUsage(
    long capacityBytes,
    long populatedBytes,
    long usedBytes,
    long ungrownBytes,
    long largestFreeBytes,
    int freeBlockCount) {

  /** Memory that is not allocated. */
  public long freeBytes() {
    return populatedBytes - usedBytes;
  }

  /** The share of free memory outside the largest free block: 0 in one piece, near 1 in crumbs. */
  public double fragmentation() {
    return freeBytes() == 0 ? 0 : 1 - (double) largestFreeBytes / freeBytes();
  }
}
