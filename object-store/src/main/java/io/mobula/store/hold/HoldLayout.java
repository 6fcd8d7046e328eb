package io.mobula.store.hold;

import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A client's hold table: what the client reads at the moment. In the machine's byte order.
 *
 * <pre>
 *  byte   0           8            12           16                64          68
 *  ┌───────────┬────────────┬────────────┬─────────────────┬───────────┬───────────┬─ ─ ─┐
 *  │ client's  │ closed:    │ high-water │ reserved        │ entry 0   │ entry 1   │     │
 *  │ address   │ 0 or 1 (4) │ mark (4)   │                 │ (4)       │ (4)       │     │
 *  └───────────┴────────────┴────────────┴─────────────────┴───────────┴───────────┴─ ─ ─┘
 * </pre>
 *
 * <ul>
 *   <li>The address is written by the owner, when it gives the table to the client; zero if nobody
 *       has it. Everything else is written by the client, and zeroed by the owner when no process
 *       can write to the table any more.
 *   <li>An entry is zero, or one more than the number of the index slot whose object is held.
 *   <li>Entries at and above the high-water mark have never been used.
 *   <li>A closed table is all zero and stays so: its client will not use it again.
 * </ul>
 */
public final class HoldLayout {

  /** How many entries a table has. */
  public static final int ENTRY_COUNT = (StoreLayout.HOLD_TABLE_BYTES - 64) / Integer.BYTES;

  static final long ADDRESS_OFFSET = 0;
  static final long CLOSED_OFFSET = 8;
  static final long HIGH_WATER_OFFSET = 12;

  private static final long ENTRIES_OFFSET = 64;
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private HoldLayout() {}

  static long entryOffset(int entry) {
    return ENTRIES_OFFSET + (long) entry * Integer.BYTES;
  }

  static int getAcquire(MemorySegment table, long offset) {
    return (int) INT.getAcquire(table, offset);
  }

  static void setRelease(MemorySegment table, long offset, int value) {
    INT.setRelease(table, offset, value);
  }

  static boolean compareAndSet(MemorySegment table, long offset, int expected, int value) {
    return INT.compareAndSet(table, offset, expected, value);
  }
}
