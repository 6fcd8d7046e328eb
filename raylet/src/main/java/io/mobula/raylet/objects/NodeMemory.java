package io.mobula.raylet.objects;

import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.file.StoreFile;
import io.mobula.store.hold.HoldTables;
import io.mobula.store.hold.MappedIndex;
import io.mobula.store.index.IndexWriter;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.StoreTable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What the raylet makes of its store file: the object table over the index, and the hold tables.
 */
final class NodeMemory {

  private static final System.Logger LOG = System.getLogger(NodeMemory.class.getName());

  private final StoreFile file;
  private final HoldTables holds;
  private final StoreTable table;
  private final BitSet hasMemory = new BitSet();
  private final MemorySegment chunkLogs;
  private final Map<Integer, ChunkLog> usedChunkLogs = new HashMap<>();

  /** Takes a new file, which is mapped. */
  NodeMemory(StoreFile file, StoreMapping mapping) {
    StoreLayout layout = file.layout();
    this.file = file;
    this.holds =
        new HoldTables(
            mapping.slice(layout.holdsOffset(), layout.holdsBytes()), layout, this::giveMemory);
    IndexWriter index =
        new IndexWriter(
            mapping.slice(layout.indexOffset(), layout.indexBytes()), layout.indexSlotCount());
    this.chunkLogs = mapping.slice(layout.chunkLogsOffset(), layout.chunkLogsBytes());
    this.table = new StoreTable(layout, new MappedIndex(index, holds));
  }

  StoreTable table() {
    return table;
  }

  HoldTables holds() {
    return holds;
  }

  /** The chunk log that goes with a hold table, which was given to a process. */
  ChunkLog chunkLog(int holdTable) {
    return usedChunkLogs.computeIfAbsent(
        holdTable,
        number ->
            new ChunkLog(
                chunkLogs.asSlice(
                    (long) number * StoreLayout.CHUNK_LOG_BYTES, StoreLayout.CHUNK_LOG_BYTES)));
  }

  private boolean giveMemory(int holdTable) {
    if (hasMemory.get(holdTable)) {
      return true;
    }
    try {
      file.populateHoldTable(holdTable);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "no memory for a hold table, its process has to ask for objects", e);
      return false;
    }
    hasMemory.set(holdTable);
    return true;
  }
}
