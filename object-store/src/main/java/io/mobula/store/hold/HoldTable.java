package io.mobula.store.hold;

import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client's own hold table: gives entries to its threads and writes them.
 *
 * <p>Any thread may use it; none waits for another, and nothing is allocated. Which entries are
 * free is known in the client's own memory only: a stack (Treiber's), whose top word also counts
 * the entries that are taken and says whether the table is closed.
 *
 * <pre>
 *  bits  0..15  the top of the stack: entry number plus one, 0 if none is free
 *  bits 16..31  how many entries are taken
 *  bit  32      closed: no entry is given any more
 *  bits 33..63  grows with each change, so that a late compare-and-set fails
 * </pre>
 *
 * <p>The stack gives the entry that came back last, so that a client that holds little has a low
 * high-water mark, and the owner little to look at. The mark is raised before an entry beyond it is
 * written. The fence that makes the owner see the entry makes it see the mark, too, even if another
 * thread has raised it: who finds the mark high enough has read it.
 *
 * <p>When the table is closed and the last entry has come back, the thread that does the later of
 * the two says so in shared memory; from then on this client writes nothing there.
 */
public final class HoldTable {

  /** The entry of a client that has none left. */
  public static final int NONE = -1;

  private static final long TOP_MASK = 0xFFFF;
  private static final long TAKEN_ONE = 1L << 16;
  private static final long CLOSED = 1L << 32;
  private static final long CHANGE_ONE = 1L << 33;

  private final MemorySegment table;
  private final AtomicLong head = new AtomicLong(1);
  private final AtomicIntegerArray below;

  /** Uses a table, which is zero but for its header. There must be one such object for a table. */
  public HoldTable(MemorySegment table) {
    this(table, HoldLayout.ENTRY_COUNT);
  }

  /** Uses only the first entries, so that tests can run out of them. */
  public HoldTable(MemorySegment table, int entryCount) {
    if (table.byteSize() != StoreLayout.HOLD_TABLE_BYTES) {
      throw new IllegalArgumentException("Not a hold table: segmentBytes=" + table.byteSize());
    }
    this.table = table;
    this.below = new AtomicIntegerArray(entryCount);
    for (int entry = 0; entry < entryCount - 1; entry++) {
      below.setPlain(entry, entry + 2);
    }
  }

  /** Takes an entry for the caller alone, or returns {@link #NONE}. */
  public int take() {
    while (true) {
      long now = head.get();
      int top = (int) (now & TOP_MASK);
      if (top == 0 || (now & CLOSED) != 0) {
        return NONE;
      }
      long next = ((now & ~TOP_MASK) | below.get(top - 1)) + TAKEN_ONE + CHANGE_ONE;
      if (head.compareAndSet(now, next)) {
        raiseHighWater(top);
        return top - 1;
      }
    }
  }

  /** Writes a hold into an entry that the caller has taken; visible after its next full fence. */
  public void write(int entry, int slot) {
    HoldLayout.setRelease(table, HoldLayout.entryOffset(entry), slot + 1);
  }

  /** Ends the hold in an entry. What was read before is read before that. */
  public void clear(int entry) {
    HoldLayout.setRelease(table, HoldLayout.entryOffset(entry), 0);
  }

  /** Gives back an entry, which is clear. */
  public void giveBack(int entry) {
    while (true) {
      long now = head.get();
      below.set(entry, (int) (now & TOP_MASK));
      long next = ((now & ~TOP_MASK) | (entry + 1)) - TAKEN_ONE + CHANGE_ONE;
      if (head.compareAndSet(now, next)) {
        publishIfClosed(next);
        return;
      }
    }
  }

  /** How many entries are taken. */
  public int takenCount() {
    return takenCount(head.get());
  }

  /** Gives no more entries. Those that are taken remain; a second call does nothing. */
  public void close() {
    while (true) {
      long now = head.get();
      if ((now & CLOSED) != 0) {
        return;
      }
      long next = (now | CLOSED) + CHANGE_ONE;
      if (head.compareAndSet(now, next)) {
        publishIfClosed(next);
        return;
      }
    }
  }

  private void publishIfClosed(long now) {
    if ((now & CLOSED) != 0 && takenCount(now) == 0) {
      HoldLayout.setRelease(table, HoldLayout.CLOSED_OFFSET, 1);
    }
  }

  private void raiseHighWater(int mark) {
    int now = HoldLayout.getAcquire(table, HoldLayout.HIGH_WATER_OFFSET);
    while (now < mark
        && !HoldLayout.compareAndSet(table, HoldLayout.HIGH_WATER_OFFSET, now, mark)) {
      now = HoldLayout.getAcquire(table, HoldLayout.HIGH_WATER_OFFSET);
    }
  }

  private static int takenCount(long head) {
    return (int) (head >>> 16 & TOP_MASK);
  }
}
