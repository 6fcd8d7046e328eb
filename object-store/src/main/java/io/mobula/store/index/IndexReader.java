package io.mobula.store.index;

import java.lang.foreign.MemorySegment;

/**
 * Looks objects up in the index. Any thread of any process may use it, while the owner changes the
 * index; it never waits and writes nothing but the hint that an object was used.
 *
 * <p>An object that was published before the search began, and is not withdrawn until it ends, is
 * found. Everything read here is a claim about the past: it holds once {@link #isUnchanged} says so
 * after the hold was published.
 */
public final class IndexReader {

  /** The slot of an object that is not in the index. */
  public static final int ABSENT = -1;

  private final MemorySegment index;
  private final int slotCount;

  /** Reads the index in this segment, which is of {@code slotCount} slots, a power of two. */
  public IndexReader(MemorySegment index, int slotCount) {
    IndexLayout.check(index, slotCount);
    this.index = index;
    this.slotCount = slotCount;
  }

  /** The slot in which a readable object with this key is, or {@link #ABSENT}. */
  public int find(long keyHigh, long keyLow) {
    int mask = slotCount - 1;
    int slot = IndexLayout.home(keyHigh, keyLow, slotCount);
    int looks = Math.min(IndexLayout.PROBE_MAX, slotCount);
    for (int look = 0; look < looks; look++) {
      long word = word(slot);
      if (IndexLayout.state(word) == IndexLayout.EMPTY) {
        return ABSENT;
      }
      if (IndexLayout.isReadable(word) && hasKey(slot, keyHigh, keyLow)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return ABSENT;
  }

  /** The slot's first word: what {@link #isUnchanged} compares with. Read it first. */
  public long word(int slot) {
    return IndexLayout.getAcquire(index, slot, IndexLayout.WORD_OFFSET);
  }

  /** Whether the slot is that of the object with this key, if the word is still true. */
  public boolean hasKey(int slot, long keyHigh, long keyLow) {
    return IndexLayout.getOpaque(index, slot, IndexLayout.KEY_HIGH_OFFSET) == keyHigh
        && IndexLayout.getOpaque(index, slot, IndexLayout.KEY_LOW_OFFSET) == keyLow;
  }

  /** Where the object is, if the word is still true. */
  public long offset(int slot) {
    return IndexLayout.getOpaque(index, slot, IndexLayout.RANGE_OFFSET_OFFSET);
  }

  /** How large the object is, if the word is still true. */
  public long sizeBytes(int slot) {
    return IndexLayout.getOpaque(index, slot, IndexLayout.SIZE_BYTES_OFFSET);
  }

  /**
   * Whether a slot that had this first word has the same object, readable, still. The caller has a
   * full fence before.
   */
  public boolean isUnchanged(int slot, long word) {
    long now = word(slot);
    return IndexLayout.version(now) == IndexLayout.version(word)
        && IndexLayout.isReadable(now)
        && IndexLayout.isReadable(word);
  }

  /**
   * Whether the owner waits for holds of this slot to end. The caller has ended its hold, and has a
   * full fence after that.
   */
  public boolean isAwaited(int slot) {
    long state = IndexLayout.state(word(slot));
    return state == IndexLayout.DELETING || state == IndexLayout.WANTED;
  }

  /** Says that the slot's object was used, which spares it from the next eviction. */
  public void markUsed(int slot) {
    // The line stays shared by all caches unless there is something to change.
    if (IndexLayout.getOpaque(index, slot, IndexLayout.USED_OFFSET) == 0) {
      IndexLayout.setOpaque(index, slot, IndexLayout.USED_OFFSET, 1);
    }
  }
}
