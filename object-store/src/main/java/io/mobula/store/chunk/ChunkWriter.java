package io.mobula.store.chunk;

import static io.mobula.store.chunk.ChunkLayout.CLOSED;
import static io.mobula.store.chunk.ChunkLayout.FREE;
import static io.mobula.store.chunk.ChunkLayout.RECORD_COUNT;
import static io.mobula.store.chunk.ChunkLayout.RESERVED;

import io.mobula.store.HeapRange;
import io.mobula.store.hold.StoreReader;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Puts objects into one chunk, for a client.
 *
 * <p>Any thread of the client may use it; none waits for another. The owner may close the chunk at
 * any time: then there is no more room in it, and what was reserved before stays good.
 *
 * <p>An object is the owner's to find from the moment that it is sealed, before anybody is told of
 * it: the owner looks into the logs before it says that it does not know an object.
 */
public final class ChunkWriter {

  private final StoreReader reader;
  private final MemorySegment log;
  private final ChunkLease lease;

  /** A record that was not free; all before it are not free either. */
  private volatile int used;

  /**
   * @param reader this client's; the owner gives neither its table nor the log to others while room
   *     is reserved
   * @param log this client's chunk log
   * @param lease a chunk that the owner leased to this client
   */
  public ChunkWriter(StoreReader reader, MemorySegment log, ChunkLease lease) {
    ChunkLayout.check(log);
    this.reader = reader;
    this.log = log;
    this.lease = lease;
  }

  /**
   * Takes room for an object; null if the chunk has none, or the client is closed. The chunk is
   * closed if it has too little, so that its owner can have the rest back.
   *
   * @param sizeBytes from 1 to {@link ChunkLayout#OBJECT_BYTES_END} - 1
   */
  public @Nullable ChunkSlot reserve(long sizeBytes) {
    if (sizeBytes < 1 || sizeBytes >= ChunkLayout.OBJECT_BYTES_END) {
      throw new IllegalArgumentException("Not an object for a chunk: sizeBytes=" + sizeBytes);
    }
    int entry = reader.takeEntry();
    if (entry == StoreReader.NO_ENTRY) {
      return null;
    }
    ChunkSlot slot = reserve(sizeBytes, entry);
    if (slot == null) {
      reader.giveBackEntry(entry);
    }
    return slot;
  }

  /** The object is written: from now on the owner finds it, and nothing of it may change. */
  public void seal(ChunkSlot slot, long keyHigh, long keyLow) {
    ChunkLayout.setKey(log, slot.record(), keyHigh, keyLow);
    ChunkLayout.setRelease(
        log, slot.record(), ChunkLayout.withState(slot.word(), ChunkLayout.SEALED));
    reader.giveBackEntry(slot.entry());
  }

  /** The object will not be written: its room is the owner's again. */
  public void abort(ChunkSlot slot) {
    ChunkLayout.setRelease(
        log, slot.record(), ChunkLayout.withState(slot.word(), ChunkLayout.ABORTED));
    reader.giveBackEntry(slot.entry());
  }

  private @Nullable ChunkSlot reserve(long sizeBytes, int entry) {
    long free = ChunkLayout.word(lease.generation(), FREE);
    for (int record = used; record < RECORD_COUNT; ) {
      long word = ChunkLayout.getAcquire(log, record);
      if (ChunkLayout.generation(word) != lease.generation() || ChunkLayout.state(word) == CLOSED) {
        return null;
      }
      if (word != free) {
        record++;
        continue;
      }
      long offset =
          record == 0 ? 0 : ChunkLayout.endOffset(ChunkLayout.getAcquire(log, record - 1));
      boolean isRoom = offset + ChunkLayout.takenBytes(sizeBytes) <= lease.range().sizeBytes();
      long next =
          isRoom
              ? ChunkLayout.word(lease.generation(), RESERVED, offset, sizeBytes)
              : ChunkLayout.word(lease.generation(), CLOSED);
      // If the log is another chunk's by now, so is this word, and it stays as it is.
      if (ChunkLayout.compareAndSet(log, record, free, next)) {
        used = record;
        HeapRange range = new HeapRange(lease.range().offset() + offset, sizeBytes);
        return isRoom ? new ChunkSlot(record, range, next, entry) : null;
      }
    }
    return null;
  }
}
