package io.mobula.raylet.objects;

import io.mobula.store.hold.HoldTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which process of the node has which hold table. Owner thread: the raylet's loop.
 *
 * <p>A process that has gone, as far as this raylet knows, may run all the same: a driver whose
 * link broke, or that has closed its session, still reads what it holds and might even begin to
 * read more. So its table lingers until the process has ended, or has said in the table that it
 * will not use it again.
 */
final class SharedReaders {

  /** What {@link #assign} answers when the process must ask for all that it reads. */
  static final int NONE = 0;

  private final HoldTables tables;
  private final ProcessFinder finder;
  private final IntConsumer onDropped;
  private final Map<Long, Reader> readers = new HashMap<>();
  private final List<Reader> lingering = new ArrayList<>();

  /**
   * @param onDropped told the number of each table that no process can use any more
   */
  SharedReaders(HoldTables tables, ProcessFinder finder, IntConsumer onDropped) {
    this.tables = tables;
    this.finder = finder;
    this.onDropped = onDropped;
  }

  /** Gives a process a table, before it opens its link; returns the table's number plus one. */
  int assign(long address, long pid) {
    // Of a process in another namespace nobody could tell when it ends.
    BooleanSupplier isAlive = finder.find(pid);
    gone(address); // A second attempt gets a table of its own.
    if (isAlive == null) {
      return NONE;
    }
    int table = tables.assign(address);
    if (table == HoldTables.NONE) {
      return NONE;
    }
    readers.put(address, new Reader(table, isAlive));
    return table + 1;
  }

  /**
   * A process is dead, or was not let in after all.
   *
   * @return whether its holds have ended
   */
  boolean gone(long address) {
    @Nullable Reader reader = readers.remove(address);
    if (reader == null) {
      return false;
    }
    if (dropIfEnded(reader)) {
      return true;
    }
    lingering.add(reader);
    return false;
  }

  /** Whether {@link #sweep} should be called again after a while. */
  boolean isLingering() {
    return !lingering.isEmpty();
  }

  /** Looks after those that linger: their holds may end without anybody telling. */
  void sweep() {
    for (Iterator<Reader> left = lingering.iterator(); left.hasNext(); ) {
      if (dropIfEnded(left.next())) {
        left.remove();
      }
    }
  }

  private boolean dropIfEnded(Reader reader) {
    boolean hasEnded = !reader.isAlive().getAsBoolean() || tables.isClosed(reader.table());
    if (hasEnded) {
      tables.drop(reader.table());
      onDropped.accept(reader.table());
    }
    return hasEnded;
  }

  private record Reader(int table, BooleanSupplier isAlive) {}
}
