package io.mobula.store.hold;

import io.mobula.store.index.IndexReader;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Holds sealed objects for a client, without a message to the owner and without waiting.
 *
 * <p>Any thread of the client may use it. An object that is not found may exist all the same: it is
 * not indexed, about to be deleted, or the client holds as much as its table has room for. The
 * client asks the owner then.
 *
 * <p><b>How it works.</b> Reader and owner each write one place and then read the other's:
 *
 * <pre>
 *   reader                                     owner
 *   R1 read the slot: version, key, range      D1 slot := DELETING
 *   R2 entry of the own table := slot          --- full fence ---
 *   --- full fence ---                         D2 read all tables
 *   R3 read the slot again                        nobody has the slot: its memory is free
 *      same version, readable: held               else: wait for a notice, go to D2
 *      else: clear the entry, not found
 *
 *   E1 entry := 0
 *   --- full fence ---
 *   E2 read the slot; if the owner waits for it (DELETING, WANTED): tell the owner
 * </pre>
 *
 * <p><b>No object is freed while it is held.</b> Full fences have one order that all agree on. If
 * the reader's is first, R2 is before D2, and the owner sees the hold. If the owner's is first, D1
 * is before R3: the reader sees DELETING, or what came later. Later is TOMBSTONE, or a larger
 * version if the slot is in use again; both end the hold. Or it is the same version, readable: then
 * the owner has changed its mind and not freed the object, and the next D1 starts the argument
 * anew. The range that the reader got in R1 is that object's: a slot's words change only after its
 * version did, and the version is still the same in R3.
 *
 * <p><b>No deletion waits for ever.</b> If D2 sees the entry, E1 was not before it. So E1's fence
 * is after the owner's, D1 is before E2, and the reader tells the owner, which goes to D2. An entry
 * that was written and cleared because R3 failed may have been seen, too; by then it may even be
 * another object's slot. Clearing it is the same as E1 and E2, and a notice says no more than "look
 * again". If the client dies between E1 and the notice, its death makes the owner look again.
 *
 * <p>What the reader has read of the object is read before E1, a release; the owner reads the entry
 * with acquire before it gives the memory away.
 */
public final class StoreReader implements AutoCloseable {

  /** What {@link #takeEntry} answers when there is none, or the reader is closed. */
  public static final int NO_ENTRY = HoldTable.NONE;

  private final IndexReader index;
  private final HoldTable table;
  private final Runnable onAbandoned;
  private final ReadProbe probe;

  StoreReader(IndexReader index, HoldTable table, Runnable onAbandoned, ReadProbe probe) {
    this.index = index;
    this.table = table;
    this.onAbandoned = onAbandoned;
    this.probe = probe;
  }

  /**
   * Reads a store.
   *
   * @param index the region of the index
   * @param holdTable this client's table, as the owner assigned it; used by nothing else
   * @param layout of the same store
   * @param tellOwner tells the owner that a hold has ended, as after {@link Held#release} returned
   *     true: called on the thread that tries to hold an object, and seldom. It must not block.
   */
  public static StoreReader of(
      MemorySegment index, MemorySegment holdTable, StoreLayout layout, Runnable tellOwner) {
    return new StoreReader(
        new IndexReader(index, layout.indexSlotCount()),
        new HoldTable(holdTable),
        tellOwner,
        ReadProbe.NONE);
  }

  /** Holds the object with this key, or returns null if the owner must be asked. */
  public @Nullable Held tryHold(long keyHigh, long keyLow) {
    int slot = index.find(keyHigh, keyLow);
    if (slot == IndexReader.ABSENT) {
      return null;
    }
    probe.reached(ReadStep.FOUND);
    int entry = table.take();
    if (entry == HoldTable.NONE) {
      return null;
    }
    probe.reached(ReadStep.TAKEN);
    long word = index.word(slot);
    boolean isSameKey = index.hasKey(slot, keyHigh, keyLow);
    long offset = index.offset(slot);
    long sizeBytes = index.sizeBytes(slot);
    table.write(entry, slot);
    probe.reached(ReadStep.WRITTEN);
    VarHandle.fullFence();
    if (isSameKey && index.isUnchanged(slot, word)) {
      index.markUsed(slot);
      probe.reached(ReadStep.HELD);
      return new Held(this, entry, slot, offset, sizeBytes);
    }
    if (end(entry, slot)) {
      onAbandoned.run();
    }
    return null;
  }

  /**
   * Takes an entry of the table without holding an object: until it is given back, the owner gives
   * nothing of what this client has in shared memory to others, unless the client dies.
   */
  public int takeEntry() {
    return table.take();
  }

  /** Gives back what {@link #takeEntry} gave. */
  public void giveBackEntry(int entry) {
    table.giveBack(entry);
  }

  /** How many holds there are, and entries that are taken otherwise. */
  public int heldCount() {
    return table.takenCount();
  }

  /** Holds nothing more. Holds that there are remain good and must be released. */
  @Override
  public void close() {
    table.close();
  }

  boolean end(int entry, int slot) {
    table.clear(entry);
    probe.reached(ReadStep.CLEARED);
    VarHandle.fullFence();
    boolean isAwaited = index.isAwaited(slot);
    table.giveBack(entry);
    probe.reached(ReadStep.RELEASED);
    return isAwaited;
  }
}
