package io.mobula.store.index;

import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A slot of the index: one cache line, eight words of eight bytes in the machine's byte order.
 *
 * <pre>
 *  byte   0          8          16         24         32         40         48..63
 *  ┌──────────┬──────────┬──────────┬──────────┬──────────┬──────────┬──────────┐
 *  │ version, │ key,     │ key,     │ offset   │ size in  │ used:    │ reserved │
 *  │ state    │ high     │ low      │ in file  │ bytes    │ 0 or 1   │          │
 *  └──────────┴──────────┴──────────┴──────────┴──────────┴──────────┴──────────┘
 *  first word: bits 8..63 version, bits 0..7 state
 *
 *            publish              withdraw             remove
 *  EMPTY ─────────────► SEALED ─────────────► DELETING ───────► TOMBSTONE ──► EMPTY
 *                         ▲  ▲    withdraw     ▲  │  │              │  if the next
 *                         │  └─────────────────┼──┘  │              │  slot is EMPTY
 *                         │ settle             │     │ restore      │ publish
 *                         └────────── WANTED ──┘ ◄───┘              └──► SEALED
 * </pre>
 *
 * <p>The index is a hash table with open addressing: an object is in one of the {@link #PROBE_MAX}
 * slots from its home on, and never moves. A search ends at an EMPTY slot, so a slot that an object
 * leaves becomes a TOMBSTONE unless the next slot is EMPTY.
 *
 * <p>Each time that a slot is given to an object its version grows by one, before the other words
 * change. 2^56 versions do not run out. A reader that finds the same version twice has read what
 * belongs together.
 *
 * <p>WANTED is SEALED for whoever looks for an object; who ends a hold of it tells the owner, who
 * would like to evict it.
 */
public final class IndexLayout {

  /** How many slots from its home on an object may be in. */
  public static final int PROBE_MAX = 64;

  static final long EMPTY = 0;
  static final long SEALED = 1;
  static final long DELETING = 2;
  static final long TOMBSTONE = 3;
  static final long WANTED = 4;

  static final long WORD_OFFSET = 0;
  static final long KEY_HIGH_OFFSET = 8;
  static final long KEY_LOW_OFFSET = 16;
  static final long RANGE_OFFSET_OFFSET = 24;
  static final long SIZE_BYTES_OFFSET = 32;
  static final long USED_OFFSET = 40;

  private static final int VERSION_SHIFT = 8;
  private static final long STATE_MASK = (1L << VERSION_SHIFT) - 1;
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private IndexLayout() {}

  /** Refuses a segment that is not exactly an index of so many slots. */
  static void check(MemorySegment index, int slotCount) {
    long sizeBytes = (long) slotCount * StoreLayout.INDEX_SLOT_BYTES;
    if (Integer.bitCount(slotCount) != 1 || index.byteSize() != sizeBytes) {
      throw new IllegalArgumentException(
          "Not an index: segmentBytes=" + index.byteSize() + ", slotCount=" + slotCount);
    }
  }

  /** The first slot that an object may be in. */
  static int home(long keyHigh, long keyLow, int slotCount) {
    long mixed = mix(keyHigh + 0x9E37_79B9_7F4A_7C15L) ^ keyLow;
    return (int) mix(mixed) & (slotCount - 1);
  }

  static long word(long version, long state) {
    return version << VERSION_SHIFT | state;
  }

  static long version(long word) {
    return word >>> VERSION_SHIFT;
  }

  static long state(long word) {
    return word & STATE_MASK;
  }

  /** Whether an object may be held whose slot has this first word. */
  static boolean isReadable(long word) {
    long state = state(word);
    return state == SEALED || state == WANTED;
  }

  static long getAcquire(MemorySegment index, int slot, long fieldOffset) {
    return (long) LONG.getAcquire(index, at(slot, fieldOffset));
  }

  static long getOpaque(MemorySegment index, int slot, long fieldOffset) {
    return (long) LONG.getOpaque(index, at(slot, fieldOffset));
  }

  static void setOpaque(MemorySegment index, int slot, long fieldOffset, long value) {
    LONG.setOpaque(index, at(slot, fieldOffset), value);
  }

  static void setRelease(MemorySegment index, int slot, long fieldOffset, long value) {
    LONG.setRelease(index, at(slot, fieldOffset), value);
  }

  private static long at(int slot, long fieldOffset) {
    return (long) slot * StoreLayout.INDEX_SLOT_BYTES + fieldOffset;
  }

  /** A bijection in which every bit of the input changes half of the output's. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
