package io.mobula.store.client;

import io.mobula.store.HeapRange;
import io.mobula.store.layout.StoreLayout;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which blocks of a mapping this process has touched, so that copying through it costs no page
 * faults.
 *
 * <p>Lock-free; any thread. Where touching is slow, a block goes from {@link #UNUSED} to {@link
 * #USED} by its first use without the mapping, to {@link #WARMING} by the second, which asks for it
 * to be touched, and to {@link #HOT} when it has been. Where it is not, it is touched at its first
 * use. It never goes back: mapped pages of this file stay mapped.
 */
final class BlockHeat {

  /** A block: a huge page, and few enough entries for a large store. */
  static final int BLOCK_BYTES = 2 << 20;

  private static final int UNUSED = 0;
  private static final int USED = 1;
  private static final int WARMING = 2;
  private static final int HOT = 3;

  private final AtomicIntegerArray states;

  BlockHeat(StoreLayout layout) {
    states = new AtomicIntegerArray((int) (layout.fileBytes() / BLOCK_BYTES) + 1);
  }

  /** Whether the block with this position is hot. */
  boolean isHot(long position) {
    return states.getAcquire(block(position)) == HOT;
  }

  /** How many bytes from the range's start on are all hot, or all not; at least one block's. */
  long runBytes(HeapRange range) {
    boolean isHot = isHot(range.offset());
    long end = range.offset();
    do {
      end = (long) (block(end) + 1) * BLOCK_BYTES;
    } while (end < range.endOffset() && isHot(end) == isHot);
    return Math.min(end, range.endOffset()) - range.offset();
  }

  /**
   * Notes a use of the range without the mapping.
   *
   * @return the blocks that were used before and are worth touching now: the number of the first,
   *     and behind the last; empty if both are equal. The caller touches them and says so with
   *     {@link #warmed}.
   */
  Blocks coldUse(HeapRange range) {
    int from = -1;
    int to = -1;
    for (int block = block(range.offset()); block <= block(range.endOffset() - 1); block++) {
      if (states.compareAndSet(block, USED, WARMING)) {
        from = from < 0 ? block : from;
        to = block + 1;
      } else {
        states.compareAndSet(block, UNUSED, USED);
      }
    }
    return new Blocks(from, to);
  }

  /** The blocks that the range lies in. */
  static Blocks blocks(HeapRange range) {
    return new Blocks(block(range.offset()), block(range.endOffset() - 1) + 1);
  }

  /** Whether the block with this number is hot. */
  boolean isHot(int block) {
    return states.getAcquire(block) == HOT;
  }

  /** Whether somebody has promised to touch the block and has not done so yet. */
  boolean isWarming(int block) {
    return states.getAcquire(block) == WARMING;
  }

  /** The block was touched, every page of it. */
  void warmed(int block) {
    states.setRelease(block, HOT);
  }

  private static int block(long position) {
    return (int) (position / BLOCK_BYTES);
  }

  /** Blocks from {@code from} to before {@code to}; not all of them need be {@link #WARMING}. */
  record Blocks(int from, int to) {
    boolean isEmpty() {
      return from == to;
    }
  }
}
