package io.mobula.store.table;

import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLayout;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.heap.HeapBlock;
import io.mobula.store.heap.StoreHeap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which clients lease chunks. Belongs to the table's thread.
 *
 * <p>A client has one chunk at a time. A client that is gone may have been writing when it went; if
 * its process lives, that memory lingers until the process can't write any more, and so does the
 * log.
 */
final class ChunkTable {

  private final StoreHeap heap;
  private final Map<Long, ChunkLog> logs = new LinkedHashMap<>();
  private final Map<Long, Chunk> chunks = new LinkedHashMap<>();
  private final List<Chunk> lingering = new ArrayList<>();

  ChunkTable(StoreHeap heap) {
    this.heap = heap;
  }

  /** A client has a log now. */
  void logGiven(long clientId, ChunkLog log) {
    logs.put(clientId, log);
  }

  /** No process can write to this log any more, nor to the chunk that goes with it. */
  void logEnded(ChunkLog log) {
    logs.values().removeIf(given -> given == log);
    for (Chunk chunk : List.copyOf(lingering)) {
      if (chunk.log == log) {
        chunk.free();
        lingering.remove(chunk);
      }
    }
  }

  /** Leases a chunk; null if the client has one that is in use, has no log, or there is no room. */
  @Nullable ChunkLease lease(long clientId, long sizeBytes) {
    if (sizeBytes > ChunkLayout.CHUNK_BYTES_MAX || sizeBytes % ChunkLayout.UNIT_BYTES != 0) {
      throw new IllegalArgumentException("Not the size of a chunk: sizeBytes=" + sizeBytes);
    }
    ChunkLog log = logs.get(clientId);
    if (log == null || chunks.containsKey(clientId)) {
      return null;
    }
    HeapBlock block = heap.allocateFree(sizeBytes);
    if (block == null) {
      return null;
    }
    int generation = log.open();
    chunks.put(clientId, new Chunk(clientId, log, heap, block));
    return new ChunkLease(new HeapRange(block.offset(), block.sizeBytes()), generation);
  }

  /** The objects that a client has sealed in its chunk, each once. */
  List<Chunk.Sealed> take(long clientId) {
    Chunk chunk = chunks.get(clientId);
    if (chunk == null) {
      return List.of();
    }
    chunk.look();
    List<Chunk.Sealed> sealed = chunk.takeSealed();
    removeIfEmpty(chunk);
    return sealed;
  }

  /** The clients that lease a chunk, or write into one. */
  List<Long> clients() {
    return List.copyOf(chunks.keySet());
  }

  /** How many objects a client has put into its chunk so far; -1 if it has none. */
  int objectCount(long clientId) {
    Chunk chunk = chunks.get(clientId);
    return chunk == null ? -1 : chunk.knownCount();
  }

  /** Ends a client's chunk: what it has not used is free. */
  void close(long clientId) {
    Chunk chunk = chunks.get(clientId);
    if (chunk != null) {
      chunk.close();
      removeIfEmpty(chunk);
    }
  }

  /** A client is gone. Its sealed objects were taken, so what is left it was writing. */
  void clientGone(long clientId) {
    close(clientId);
    Chunk chunk = chunks.remove(clientId);
    if (chunk != null) {
      lingering.add(chunk);
    }
    logs.remove(clientId);
  }

  /** How much of all chunks is no object's yet. */
  long bytes() {
    long sum = 0;
    for (Chunk chunk : chunks.values()) {
      sum += chunk.bytes();
    }
    for (Chunk chunk : lingering) {
      sum += chunk.bytes();
    }
    return sum;
  }

  private void removeIfEmpty(Chunk chunk) {
    if (chunk.isEmpty()) {
      chunks.remove(chunk.clientId);
    }
  }
}
