package io.mobula.store.heap;

import org.jspecify.annotations.Nullable;

/**
 * A block of the heap's populated memory, allocated or free.
 *
 * <p>Its user sees where it is and gives it back to the allocator that made it. Blocks form a list
 * in the order of their offsets, without gaps; only the allocator changes one.
 */
public final class HeapBlock {

  long offset;
  long sizeBytes;
  boolean isFree;
  @Nullable HeapBlock previous;
  @Nullable HeapBlock next;

  HeapBlock(long offset, long sizeBytes) {
    this.offset = offset;
    this.sizeBytes = sizeBytes;
  }

  /** Where the block starts in the file. */
  public long offset() {
    return offset;
  }

  /** The size of the block, which is what was asked for, rounded up. */
  public long sizeBytes() {
    return sizeBytes;
  }

  long endOffset() {
    return offset + sizeBytes;
  }

  @Override
  public String toString() {
    return (isFree ? "free" : "allocated") + "[offset=" + offset + ", sizeBytes=" + sizeBytes + "]";
  }
}
