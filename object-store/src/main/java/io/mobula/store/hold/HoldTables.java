package io.mobula.store.hold;

import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * The owner's view of all hold tables: who has which, and which objects anybody holds.
 *
 * <p>Belongs to the owner's one thread. Before it looks for holds of an object, that object is
 * withdrawn from the index; see {@link StoreReader} for why the answer can be trusted then.
 *
 * <p>A table is reused as a whole, and only when no process can write to it any more: {@link #drop}
 * is for the caller to be sure of.
 */
public final class HoldTables {

  /** The table of a client that gets none. */
  public static final int NONE = -1;

  private final MemorySegment holds;
  private final int tableCount;
  private final int slotCount;
  private final IntPredicate hasMemory;
  private final BitSet assigned = new BitSet();
  private final BitSet held = new BitSet();

  /**
   * @param holds the region of the hold tables, writable
   * @param layout of the same store
   * @param hasMemory gives a table real memory, unless it has it already, before it is touched;
   *     false if there is none
   */
  public HoldTables(MemorySegment holds, StoreLayout layout, IntPredicate hasMemory) {
    if (holds.byteSize() != (long) layout.holdTableCount() * StoreLayout.HOLD_TABLE_BYTES) {
      throw new IllegalArgumentException("Not the hold tables: segmentBytes=" + holds.byteSize());
    }
    this.holds = holds;
    this.tableCount = layout.holdTableCount();
    this.slotCount = layout.indexSlotCount();
    this.hasMemory = hasMemory;
  }

  /** Gives a table to a client, or {@link #NONE} if none is free. It is looked at from now on. */
  public int assign(long clientAddress) {
    int table = assigned.nextClearBit(0);
    if (table >= tableCount || !hasMemory.test(table)) {
      return NONE;
    }
    MemorySegment bytes = table(table);
    bytes.fill((byte) 0);
    bytes.set(ValueLayout.JAVA_LONG, HoldLayout.ADDRESS_OFFSET, clientAddress);
    assigned.set(table);
    return table;
  }

  /** Ends all holds in a table and frees it. No process can write to it any more. */
  public void drop(int table) {
    check(table);
    table(table).fill((byte) 0);
    assigned.clear(table);
  }

  /** Whether the table's client has said that it will never use it again. */
  public boolean isClosed(int table) {
    check(table);
    return HoldLayout.getAcquire(table(table), HoldLayout.CLOSED_OFFSET) != 0;
  }

  /** How many clients have a table. */
  public int assignedCount() {
    return assigned.cardinality();
  }

  /** Whether anybody holds the object in a slot, which is withdrawn. */
  public boolean isHeld(int slot) {
    VarHandle.fullFence();
    for (int table = nextTable(0); table != NONE; table = nextTable(table + 1)) {
      MemorySegment bytes = table(table);
      int entryCount = entryCount(bytes);
      for (int entry = 0; entry < entryCount; entry++) {
        if (HoldLayout.getAcquire(bytes, HoldLayout.entryOffset(entry)) == slot + 1) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * All slots whose objects are held: what {@link #isHeld} says of each slot that is withdrawn, at
   * the cost of one call of it. To be used until the next call.
   */
  public BitSet heldSlots() {
    held.clear();
    VarHandle.fullFence();
    for (int table = nextTable(0); table != NONE; table = nextTable(table + 1)) {
      MemorySegment bytes = table(table);
      int entryCount = entryCount(bytes);
      for (int entry = 0; entry < entryCount; entry++) {
        int value = HoldLayout.getAcquire(bytes, HoldLayout.entryOffset(entry));
        // A client that writes nonsense must not cost the owner its memory.
        if (value > 0 && value <= slotCount) {
          held.set(value - 1);
        }
      }
    }
    return held;
  }

  /** Shows all holds of all clients, as they are at about this moment. */
  void forEachHold(SharedIndex.HoldVisitor visitor) {
    for (int table = nextTable(0); table != NONE; table = nextTable(table + 1)) {
      MemorySegment bytes = table(table);
      long client = bytes.get(ValueLayout.JAVA_LONG, HoldLayout.ADDRESS_OFFSET);
      int entryCount = entryCount(bytes);
      for (int entry = 0; entry < entryCount; entry++) {
        int value = HoldLayout.getAcquire(bytes, HoldLayout.entryOffset(entry));
        if (value > 0 && value <= slotCount) {
          visitor.onHold(client, value - 1);
        }
      }
    }
  }

  private int nextTable(int from) {
    return assigned.nextSetBit(from);
  }

  private static int entryCount(MemorySegment table) {
    int mark = HoldLayout.getAcquire(table, HoldLayout.HIGH_WATER_OFFSET);
    return Math.clamp(mark, 0, HoldLayout.ENTRY_COUNT);
  }

  private MemorySegment table(int table) {
    return holds.asSlice((long) table * StoreLayout.HOLD_TABLE_BYTES, StoreLayout.HOLD_TABLE_BYTES);
  }

  private void check(int table) {
    if (table < 0 || !assigned.get(table)) {
      throw new IllegalStateException("Nobody has this hold table: table=" + table);
    }
  }
}
