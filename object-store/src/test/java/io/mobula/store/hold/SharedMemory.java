package io.mobula.store.hold;

import io.mobula.store.index.IndexReader;
import io.mobula.store.index.IndexWriter;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The index, the hold tables and the chunk logs of a store, in plain memory: owner and clients for
 * tests.
 */
public final class SharedMemory {

  private static final int PAGE_BYTES = StoreLayout.PAGE_BYTES;

  private final StoreLayout layout;
  private final MemorySegment index;
  private final MemorySegment holds;
  private final MemorySegment chunkLogs;
  private final HoldTables tables;
  private final IndexWriter writer;

  /** Memory of a small store: an index of 64 slots, tables for 4 clients. */
  public SharedMemory(long capacityBytes) {
    this(capacityBytes, 64, 4);
  }

  /** Memory of a store. */
  public SharedMemory(long capacityBytes, int slotCount, int tableCount) {
    long indexBytes = (long) slotCount * StoreLayout.INDEX_SLOT_BYTES;
    long holdsOffset = PAGE_BYTES + (indexBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    long holdsBytes = (long) tableCount * StoreLayout.HOLD_TABLE_BYTES;
    this.layout =
        new StoreLayout(
            PAGE_BYTES,
            PAGE_BYTES,
            slotCount,
            holdsOffset,
            tableCount,
            holdsOffset + holdsBytes,
            holdsOffset + holdsBytes + (long) tableCount * StoreLayout.CHUNK_LOG_BYTES,
            capacityBytes);
    this.index = Arena.ofAuto().allocate(indexBytes, 64);
    this.holds = Arena.ofAuto().allocate(holdsBytes, 64);
    this.chunkLogs = Arena.ofAuto().allocate((long) tableCount * StoreLayout.CHUNK_LOG_BYTES, 64);
    this.writer = new IndexWriter(index, slotCount);
    this.tables = new HoldTables(holds, layout, table -> true);
  }

  public StoreLayout layout() {
    return layout;
  }

  /** The owner's side of the index. */
  public IndexWriter writer() {
    return writer;
  }

  /** The owner's side of the hold tables. */
  public HoldTables tables() {
    return tables;
  }

  /** What an object table uses. */
  public SharedIndex shared() {
    return new MappedIndex(writer, tables);
  }

  /** A client of its own table, which is the returned reader's alone. */
  public StoreReader join(long address, Runnable tellOwner) {
    return join(tables.assign(address), HoldLayout.ENTRY_COUNT, tellOwner, ReadProbe.NONE);
  }

  /** A client that nobody hears. */
  public StoreReader join(long address) {
    return join(address, () -> {});
  }

  /** The client of a table that was assigned to it. */
  public StoreReader reader(int table) {
    return join(table, HoldLayout.ENTRY_COUNT, () -> {}, ReadProbe.NONE);
  }

  StoreReader join(int table, int entryCount, Runnable tellOwner, ReadProbe probe) {
    return new StoreReader(
        new IndexReader(index, layout.indexSlotCount()),
        new HoldTable(table(table), entryCount),
        tellOwner,
        probe);
  }

  /** The chunk log that goes with a table. */
  public MemorySegment chunkLog(int table) {
    return chunkLogs.asSlice(
        (long) table * StoreLayout.CHUNK_LOG_BYTES, StoreLayout.CHUNK_LOG_BYTES);
  }

  MemorySegment table(int table) {
    return holds.asSlice((long) table * StoreLayout.HOLD_TABLE_BYTES, StoreLayout.HOLD_TABLE_BYTES);
  }

  MemorySegment holds() {
    return holds;
  }
}
