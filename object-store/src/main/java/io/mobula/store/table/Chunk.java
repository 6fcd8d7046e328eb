package io.mobula.store.table;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.chunk.ChunkLayout;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.heap.HeapBlock;
import io.mobula.store.heap.StoreHeap;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that a client leases: what of its memory is whose. Belongs to the table's thread.
 *
 * <p>The chunk is one block of the heap. For each record that the client adds to the log, a block
 * of its own is carved off at the front. A sealed object takes its block with it; an aborted one
 * gives it back; the rest goes back when the chunk is closed.
 */
final class Chunk {

  /** An object that was sealed in a chunk, with its block. */
  record Sealed(StoreKey key, long sizeBytes, HeapBlock block) {}

  final long clientId;
  final ChunkLog log;

  private final StoreHeap heap;
  private final long startOffset;
  private final Map<Integer, HeapBlock> unsettled = new LinkedHashMap<>();
  private @Nullable HeapBlock rest;
  private int knownCount;
  private boolean isClosed;
  private long unsettledBytes;

  /**
   * @param log was opened for this chunk
   * @param block its memory
   */
  Chunk(long clientId, ChunkLog log, StoreHeap heap, HeapBlock block) {
    this.clientId = clientId;
    this.log = log;
    this.heap = heap;
    this.startOffset = block.offset();
    this.rest = block;
  }

  /** How many objects the client has put into it, as far as is known. */
  int knownCount() {
    return knownCount;
  }

  /** How much of it is no object's yet. */
  long bytes() {
    return unsettledBytes + (rest == null ? 0 : rest.sizeBytes());
  }

  /** Whether nothing of it is left. */
  boolean isEmpty() {
    return isClosed && rest == null && unsettled.isEmpty();
  }

  /** Has the client put no more objects into it, and frees what it had not used. */
  void close() {
    if (!isClosed) {
      log.close(knownCount);
      look();
    }
  }

  /** Reads what the client has put into it since the last time. */
  void look() {
    while (!isClosed) {
      ChunkLog.State state =
          knownCount == ChunkLayout.RECORD_COUNT ? ChunkLog.State.CLOSED : log.state(knownCount);
      if (state == ChunkLog.State.FREE) {
        break;
      }
      if (state == ChunkLog.State.CLOSED) {
        isClosed = true;
        freeRest();
      } else {
        carve();
      }
    }
  }

  /** The objects that are sealed now, each once; those that were given up are freed. */
  List<Sealed> takeSealed() {
    List<Sealed> sealed = new ArrayList<>();
    for (Iterator<Map.Entry<Integer, HeapBlock>> left = unsettled.entrySet().iterator();
        left.hasNext(); ) {
      Map.Entry<Integer, HeapBlock> entry = left.next();
      int record = entry.getKey();
      HeapBlock block = entry.getValue();
      ChunkLog.State state = log.state(record);
      if (state == ChunkLog.State.SEALED) {
        sealed.add(new Sealed(log.key(record), sizeBytes(record, block), block));
      } else if (state != ChunkLog.State.ABORTED) {
        continue;
      }
      // A block that is freed grows by its neighbours.
      unsettledBytes -= block.sizeBytes();
      left.remove();
      if (state == ChunkLog.State.ABORTED) {
        heap.free(block);
      }
    }
    return sealed;
  }

  /** Frees everything that is no object's: no process can write to it any more. */
  void free() {
    isClosed = true;
    freeRest();
    unsettled.values().forEach(heap::free);
    unsettled.clear();
    unsettledBytes = 0;
  }

  private void carve() {
    long takenBytes = ChunkLayout.takenBytes(log.sizeBytes(knownCount));
    HeapBlock from = rest;
    if (from == null
        || startOffset + log.offset(knownCount) != from.offset()
        || takenBytes == 0
        || takenBytes > from.sizeBytes()) {
      // A client that writes nonsense keeps the rest until it ends, and costs nobody else anything.
      isClosed = true;
      return;
    }
    HeapBlock block = from;
    if (takenBytes == from.sizeBytes()) {
      rest = null;
    } else {
      block = heap.carve(from, takenBytes);
    }
    unsettled.put(knownCount, block);
    unsettledBytes += block.sizeBytes();
    knownCount++;
  }

  private void freeRest() {
    if (rest != null) {
      heap.free(rest);
      rest = null;
    }
  }

  /** What the client says, which may have changed since the block was carved. */
  private long sizeBytes(int record, HeapBlock block) {
    return Math.min(log.sizeBytes(record), block.sizeBytes());
  }

  /** For messages. */
  @Override
  public String toString() {
    return "Chunk[clientId=" + clientId + ", range=" + new HeapRange(startOffset, bytes()) + "]";
  }
}
