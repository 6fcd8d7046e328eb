package io.mobula.store.chunk;

import io.mobula.store.HeapRange;
import io.mobula.store.hold.StoreReader;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;

/** A chunk with room for two objects of 64 bytes, made anew for each run. */
final class StressChunk {

  static final int OBJECT_BYTES = 64;
  static final int NOTHING = -1;

  final ChunkLog log;
  final ChunkWriter writer;

  private final MemorySegment bytes = memory(StoreLayout.CHUNK_LOG_BYTES);
  private final StoreReader reader;

  StressChunk() {
    StoreLayout layout = new StoreLayout(4096, 4096, 64, 8192, 1, 16384, 20480, 4096);
    reader =
        StoreReader.of(
            memory(layout.indexBytes()), memory(StoreLayout.HOLD_TABLE_BYTES), layout, () -> {});
    log = new ChunkLog(bytes);
    writer = open();
  }

  ChunkWriter open() {
    return new ChunkWriter(
        reader, bytes, new ChunkLease(new HeapRange(0, 2 * OBJECT_BYTES), log.open()));
  }

  /** Where the object goes, or {@link #NOTHING}. */
  int reserve() {
    ChunkSlot slot = writer.reserve(OBJECT_BYTES);
    return slot == null ? NOTHING : (int) slot.range().offset();
  }

  private static MemorySegment memory(long sizeBytes) {
    return MemorySegment.ofArray(new long[(int) (sizeBytes / Long.BYTES)]);
  }
}
