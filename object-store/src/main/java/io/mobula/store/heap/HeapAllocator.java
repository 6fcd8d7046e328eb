package io.mobula.store.heap;

import static java.util.Objects.requireNonNull;

import io.mobula.store.HeapRange;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A best-fit allocator over memory that grows at its end.
 *
 * <p>Belongs to one thread. It never touches the memory: its records live outside, so a client that
 * writes where it should not cannot damage them.
 *
 * <p>How it works: the blocks tile the populated memory from its start to its end, and each knows
 * its neighbours. Free blocks are also kept in a tree ordered by size, then offset. An allocation
 * takes the smallest free block that fits, the lowest of equals, and gives back what is left over
 * at either end. Freeing joins a block with its free neighbours, so two free blocks never touch.
 * Each operation costs the logarithm of the number of free blocks; a large allocation looks in
 * addition at those free blocks that exceed it by less than a page and are not aligned for it.
 *
 * <p>Blocks start at multiples of {@link #SMALL_ALIGNMENT_BYTES}; those of at least {@link
 * #LARGE_BYTES} start at a page and end at one.
 */
final class HeapAllocator {

  /** The unit of offsets and sizes of small blocks: a cache line. */
  public static final int SMALL_ALIGNMENT_BYTES = 64;

  /** From this size on, a block is made of whole pages. */
  public static final long LARGE_BYTES = 1 << 20;

  private static final Comparator<HeapBlock> BY_SIZE_THEN_OFFSET =
      (a, b) -> {
        int bySize = Long.compare(a.sizeBytes, b.sizeBytes);
        return bySize != 0 ? bySize : Long.compare(a.offset, b.offset);
      };

  private final int pageBytes;
  private final TreeSet<HeapBlock> free = new TreeSet<>(BY_SIZE_THEN_OFFSET);
  private final HeapBlock probe = new HeapBlock(0, 0);
  private final long startOffset;
  private @Nullable HeapBlock first;
  private @Nullable HeapBlock last;
  private long endOffset;
  private long usedBytes;
  private int blockCount;

  /** An allocator without memory; {@link #append} brings it, from {@code startOffset} on. */
  public HeapAllocator(long startOffset, int pageBytes) {
    if (startOffset % pageBytes != 0 || pageBytes % SMALL_ALIGNMENT_BYTES != 0) {
      throw new IllegalArgumentException(
          "Heap is not aligned: startOffset=" + startOffset + ", pageBytes=" + pageBytes);
    }
    this.startOffset = startOffset;
    this.endOffset = startOffset;
    this.pageBytes = pageBytes;
  }

  /** Adds populated memory, which starts where the memory ended so far and is whole pages. */
  public void append(HeapRange memory) {
    if (memory.offset() != endOffset
        || memory.sizeBytes() == 0
        || memory.sizeBytes() % pageBytes != 0) {
      throw new IllegalArgumentException(
          "Memory does not continue the heap: endOffset=" + endOffset + ", memory=" + memory);
    }
    endOffset = memory.endOffset();
    HeapBlock tail = last;
    if (tail != null && tail.isFree) {
      free.remove(tail);
      tail.sizeBytes += memory.sizeBytes();
      free.add(tail);
    } else {
      HeapBlock block = new HeapBlock(memory.offset(), memory.sizeBytes());
      insertAfter(tail, block);
      addFree(block);
    }
  }

  /** Allocates at least {@code sizeBytes}, or returns null if no free block can hold them. */
  public @Nullable HeapBlock allocate(long sizeBytes) {
    long wantedBytes = blockBytes(sizeBytes);
    int alignment = alignment(sizeBytes);
    HeapBlock block = bestFit(wantedBytes, alignment);
    if (block == null) {
      return null;
    }
    free.remove(block);
    cutLead(block, roundUp(block.offset, alignment) - block.offset);
    cutRest(block, wantedBytes);
    block.isFree = false;
    usedBytes += wantedBytes;
    return block;
  }

  /**
   * Frees an allocated block, which its user must not use again.
   *
   * @throws IllegalStateException if the block is free already
   */
  public void free(HeapBlock block) {
    if (block.isFree) {
      throw new IllegalStateException("Block was freed before: block=" + block);
    }
    usedBytes -= block.sizeBytes;
    HeapBlock previous = block.previous;
    if (previous != null && previous.isFree) {
      free.remove(previous);
      block.offset = previous.offset;
      block.sizeBytes += previous.sizeBytes;
      unlink(previous);
    }
    HeapBlock next = block.next;
    if (next != null && next.isFree) {
      free.remove(next);
      block.sizeBytes += next.sizeBytes;
      unlink(next);
    }
    addFree(block);
  }

  /**
   * Makes the first bytes of an allocated block a block of their own. The rest stays the block that
   * it was.
   *
   * @param takenBytes a multiple of {@link #SMALL_ALIGNMENT_BYTES}, less than the block has
   */
  HeapBlock carve(HeapBlock block, long takenBytes) {
    if (block.isFree
        || takenBytes <= 0
        || takenBytes >= block.sizeBytes
        || takenBytes % SMALL_ALIGNMENT_BYTES != 0) {
      throw new IllegalArgumentException(
          "Cannot be carved: takenBytes=" + takenBytes + ", block=" + block);
    }
    HeapBlock taken = new HeapBlock(block.offset, takenBytes);
    insertAfter(block.previous, taken);
    block.offset += takenBytes;
    block.sizeBytes -= takenBytes;
    return taken;
  }

  /**
   * How many bytes must be appended before {@code sizeBytes} fit at the heap's end; zero or less if
   * they fit there now. A multiple of the page.
   */
  long missingAtEnd(long sizeBytes) {
    HeapBlock tail = last;
    long from = tail != null && tail.isFree ? tail.offset : endOffset;
    long end = roundUp(from, alignment(sizeBytes)) + blockBytes(sizeBytes);
    return roundUp(end - startOffset, pageBytes) - (endOffset - startOffset);
  }

  /** The size of the block that {@code sizeBytes} get; an empty object gets one, too. */
  long blockBytes(long sizeBytes) {
    return roundUp(Math.max(sizeBytes, 1), alignment(sizeBytes));
  }

  /** Bytes in allocated blocks. */
  public long usedBytes() {
    return usedBytes;
  }

  /** Bytes in all blocks. */
  public long populatedBytes() {
    return endOffset - startOffset;
  }

  /** The size of the largest free block, or zero. */
  public long largestFreeBytes() {
    return free.isEmpty() ? 0 : free.last().sizeBytes;
  }

  /** How many free blocks there are. */
  public int freeBlockCount() {
    return free.size();
  }

  /**
   * Checks every invariant, at a cost of all blocks.
   *
   * @throws IllegalStateException if one is broken, with the block where it was found
   */
  public void verify() {
    long offset = startOffset;
    long used = 0;
    int count = 0;
    int freeCount = 0;
    HeapBlock previous = null;
    for (HeapBlock block = first; block != null; block = block.next) {
      require(block.offset == offset, "Blocks leave a gap or overlap", block);
      require(block.previous == previous, "Blocks are not linked both ways", block);
      require(block.sizeBytes > 0, "Block is empty", block);
      require((block.offset | block.sizeBytes) % SMALL_ALIGNMENT_BYTES == 0, "Unaligned", block);
      require(block.isFree == free.contains(block), "Tree and block disagree", block);
      require(previous == null || !(previous.isFree && block.isFree), "Free blocks touch", block);
      offset = block.endOffset();
      used += block.isFree ? 0 : block.sizeBytes;
      freeCount += block.isFree ? 1 : 0;
      count++;
      previous = block;
    }
    require(last == previous, "Last block is not the last", last);
    require(offset == endOffset, "Blocks do not end where memory ends", last);
    require(used == usedBytes, "Used bytes are not the sum of blocks: " + usedBytes, last);
    require(freeCount == free.size(), "Tree has blocks that are not in the list", last);
    require(count == blockCount, "Block count is wrong: " + blockCount, last);
  }

  private @Nullable HeapBlock bestFit(long wantedBytes, int alignment) {
    probe.sizeBytes = wantedBytes;
    probe.offset = 0;
    HeapBlock candidate = free.ceiling(probe);
    while (candidate != null
        && roundUp(candidate.offset, alignment) + wantedBytes > candidate.endOffset()) {
      candidate = free.higher(candidate);
    }
    return candidate;
  }

  private void cutLead(HeapBlock block, long leadBytes) {
    if (leadBytes > 0) {
      HeapBlock lead = new HeapBlock(block.offset, leadBytes);
      insertAfter(block.previous, lead);
      addFree(lead);
      block.offset += leadBytes;
      block.sizeBytes -= leadBytes;
    }
  }

  private void cutRest(HeapBlock block, long keptBytes) {
    if (block.sizeBytes > keptBytes) {
      HeapBlock rest = new HeapBlock(block.offset + keptBytes, block.sizeBytes - keptBytes);
      insertAfter(block, rest);
      addFree(rest);
      block.sizeBytes = keptBytes;
    }
  }

  private void addFree(HeapBlock block) {
    block.isFree = true;
    free.add(block);
  }

  private void insertAfter(@Nullable HeapBlock previous, HeapBlock block) {
    HeapBlock next = previous == null ? first : previous.next;
    block.previous = previous;
    block.next = next;
    if (previous == null) {
      first = block;
    } else {
      previous.next = block;
    }
    if (next == null) {
      last = block;
    } else {
      next.previous = block;
    }
    blockCount++;
  }

  private void unlink(HeapBlock block) {
    HeapBlock previous = block.previous;
    HeapBlock next = block.next;
    if (previous == null) {
      first = requireNonNull(next);
    } else {
      previous.next = next;
    }
    if (next == null) {
      last = requireNonNull(previous);
    } else {
      next.previous = previous;
    }
    block.previous = null;
    block.next = null;
    blockCount--;
  }

  private int alignment(long sizeBytes) {
    return sizeBytes >= LARGE_BYTES ? pageBytes : SMALL_ALIGNMENT_BYTES;
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }

  private static void require(boolean isTrue, String problem, @Nullable HeapBlock block) {
    if (!isTrue) {
      throw new IllegalStateException(problem + ": block=" + block);
    }
  }
}
