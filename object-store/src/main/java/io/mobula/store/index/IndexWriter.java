package io.mobula.store.index;

import static io.mobula.store.index.IndexLayout.DELETING;
import static io.mobula.store.index.IndexLayout.EMPTY;
import static io.mobula.store.index.IndexLayout.SEALED;
import static io.mobula.store.index.IndexLayout.TOMBSTONE;
import static io.mobula.store.index.IndexLayout.WANTED;
import static io.mobula.store.index.IndexLayout.WORD_OFFSET;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Changes the index. Belongs to one thread of the store's owner, the only writer of everything but
 * the hints that objects were used.
 *
 * <p>The states that a slot goes through are drawn at {@link IndexLayout}. A call that does not fit
 * the slot's state is a bug of the caller and throws.
 */
public final class IndexWriter {

  /** The slot of an object that found no room. */
  public static final int ABSENT = IndexReader.ABSENT;

  private final MemorySegment index;
  private final int slotCount;
  private int size;

  /** Writes the index in this segment, which is zero, of {@code slotCount}, a power of two. */
  public IndexWriter(MemorySegment index, int slotCount) {
    IndexLayout.check(index, slotCount);
    this.index = index;
    this.slotCount = slotCount;
  }

  /** How many slots have an object. */
  public int size() {
    return size;
  }

  /**
   * Lets readers find a sealed object. The key must not be in the index.
   *
   * @return its slot, or {@link #ABSENT} if all slots that it may be in are taken
   */
  public int publish(StoreKey key, HeapRange range) {
    int slot = freeSlot(key);
    if (slot == ABSENT) {
      return ABSENT;
    }
    long version = IndexLayout.version(word(slot)) + 1;
    IndexLayout.setOpaque(index, slot, WORD_OFFSET, IndexLayout.word(version, TOMBSTONE));
    // Whoever reads one of the new words below finds the new version when it looks again.
    VarHandle.releaseFence();
    IndexLayout.setOpaque(index, slot, IndexLayout.KEY_HIGH_OFFSET, key.high());
    IndexLayout.setOpaque(index, slot, IndexLayout.KEY_LOW_OFFSET, key.low());
    IndexLayout.setOpaque(index, slot, IndexLayout.RANGE_OFFSET_OFFSET, range.offset());
    IndexLayout.setOpaque(index, slot, IndexLayout.SIZE_BYTES_OFFSET, range.sizeBytes());
    IndexLayout.setOpaque(index, slot, IndexLayout.USED_OFFSET, 0);
    IndexLayout.setRelease(index, slot, WORD_OFFSET, IndexLayout.word(version, SEALED));
    size++;
    return slot;
  }

  /** Lets no more readers find the object. A full fence must follow before holds are looked for. */
  public void withdraw(int slot) {
    change(slot, IndexLayout.isReadable(word(slot)), DELETING);
  }

  /** Lets readers find a withdrawn object again; those who end a hold tell the owner. */
  public void restoreWanted(int slot) {
    change(slot, state(slot) == DELETING, WANTED);
  }

  /** Lets readers find a withdrawn or wanted object as before. */
  public void settle(int slot) {
    long state = state(slot);
    change(slot, state == DELETING || state == WANTED, SEALED);
  }

  /** Forgets a withdrawn object that nobody holds. */
  public void remove(int slot) {
    change(slot, state(slot) == DELETING, TOMBSTONE);
    size--;
    int mask = slotCount - 1;
    int last = slot;
    if (state((last + 1) & mask) != EMPTY) {
      return;
    }
    while (state(last) == TOMBSTONE) {
      change(last, true, EMPTY);
      last = (last - 1) & mask;
    }
  }

  /** Whether the object was used since the last call, or since it was published. */
  public boolean takeUsed(int slot) {
    boolean isUsed = IndexLayout.getOpaque(index, slot, IndexLayout.USED_OFFSET) != 0;
    if (isUsed) {
      IndexLayout.setOpaque(index, slot, IndexLayout.USED_OFFSET, 0);
    }
    return isUsed;
  }

  private int freeSlot(StoreKey key) {
    int mask = slotCount - 1;
    int slot = IndexLayout.home(key.high(), key.low(), slotCount);
    int looks = Math.min(IndexLayout.PROBE_MAX, slotCount);
    for (int look = 0; look < looks; look++) {
      long state = state(slot);
      if (state == EMPTY || state == TOMBSTONE) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return ABSENT;
  }

  private void change(int slot, boolean isAllowed, long nextState) {
    long word = word(slot);
    if (!isAllowed) {
      throw new IllegalStateException(
          "Slot is in the wrong state: slot="
              + slot
              + ", state="
              + IndexLayout.state(word)
              + ", next="
              + nextState);
    }
    IndexLayout.setRelease(
        index, slot, WORD_OFFSET, IndexLayout.word(IndexLayout.version(word), nextState));
  }

  private long state(int slot) {
    return IndexLayout.state(word(slot));
  }

  private long word(int slot) {
    return IndexLayout.getOpaque(index, slot, WORD_OFFSET);
  }
}
