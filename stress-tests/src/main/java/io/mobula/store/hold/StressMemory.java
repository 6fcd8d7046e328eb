package io.mobula.store.hold;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.index.IndexReader;
import io.mobula.store.index.IndexWriter;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;

/** The shared memory of a store that is made anew for each run: few slots, two clients. */
final class StressMemory {

  static final StoreKey KEY = new StoreKey(1, 1);
  static final HeapRange RANGE = new HeapRange(64, 1);
  static final HeapRange OTHER_RANGE = new HeapRange(128, 1);

  private static final int ENTRY_COUNT = 2;
  private static final int TABLE_COUNT = 2;
  private static final int PAGE_BYTES = StoreLayout.PAGE_BYTES;

  final IndexWriter writer;
  final HoldTables tables;

  /** How often a reader told the owner of a hold that it had abandoned. */
  volatile int notices;

  private final MemorySegment index;
  private final MemorySegment holds;
  private final int slotCount;

  StressMemory(int slotCount) {
    this.slotCount = slotCount;
    int indexBytes = slotCount * StoreLayout.INDEX_SLOT_BYTES;
    int holdsBytes = TABLE_COUNT * StoreLayout.HOLD_TABLE_BYTES;
    StoreLayout layout =
        new StoreLayout(
            PAGE_BYTES,
            PAGE_BYTES,
            slotCount,
            2L * PAGE_BYTES,
            TABLE_COUNT,
            2L * PAGE_BYTES + holdsBytes,
            2L * PAGE_BYTES + holdsBytes + (long) TABLE_COUNT * StoreLayout.CHUNK_LOG_BYTES,
            PAGE_BYTES);
    index = MemorySegment.ofArray(new long[indexBytes / Long.BYTES]);
    holds = MemorySegment.ofArray(new long[holdsBytes / Long.BYTES]);
    writer = new IndexWriter(index, slotCount);
    tables = new HoldTables(holds, layout, table -> true);
  }

  /** A client. Only one thread of it may abandon holds, so that notices need no atomic. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  StoreReader join() {
    int table = tables.assign(1);
    MemorySegment bytes =
        holds.asSlice((long) table * StoreLayout.HOLD_TABLE_BYTES, StoreLayout.HOLD_TABLE_BYTES);
    return new StoreReader(
        new IndexReader(index, slotCount),
        new HoldTable(bytes, ENTRY_COUNT),
        () -> notices++,
        ReadProbe.NONE);
  }

  int publish() {
    return writer.publish(KEY, RANGE);
  }
}
