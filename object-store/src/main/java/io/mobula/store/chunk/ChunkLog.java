package io.mobula.store.chunk;

import static io.mobula.store.chunk.ChunkLayout.FREE;
import static io.mobula.store.chunk.ChunkLayout.RECORD_COUNT;

import io.mobula.store.StoreKey;
import java.lang.foreign.MemorySegment;

/**
 * The owner's side of one client's chunk log. Belongs to the owner's one thread.
 *
 * <p>The client may write what it likes; so what is read here is a claim, to be checked before
 * memory is given away by it.
 */
public final class ChunkLog {

  /** What a record says. */
  public enum State {
    /** Not used yet, or of no chunk. */
    FREE,
    /** Its object is being written. */
    RESERVED,
    /** Its object is written. */
    SEALED,
    /** Its object will not be written. */
    ABORTED,
    /** There will be no objects from here on. */
    CLOSED
  }

  private final MemorySegment log;
  private int generation;

  /** A log in this segment, which is zero. */
  public ChunkLog(MemorySegment log) {
    ChunkLayout.check(log);
    this.log = log;
  }

  /**
   * Begins a new chunk. The last one is closed, and none of its records is reserved.
   *
   * @return its generation, which the client must name
   */
  public int open() {
    generation = generation == ChunkLayout.GENERATION_MAX ? 1 : generation + 1;
    long free = ChunkLayout.word(generation, FREE);
    for (int record = 0; record < RECORD_COUNT; record++) {
      ChunkLayout.setRelease(log, record, free);
    }
    return generation;
  }

  /**
   * Ends the chunk.
   *
   * @param from a record; all before it are not free
   * @return the first record that has no object, or {@link ChunkLayout#RECORD_COUNT}
   */
  public int close(int from) {
    long free = ChunkLayout.word(generation, FREE);
    long closed = ChunkLayout.word(generation, ChunkLayout.CLOSED);
    int record = from;
    while (record < RECORD_COUNT
        && !ChunkLayout.compareAndSet(log, record, free, closed)
        && ChunkLayout.getAcquire(log, record) != closed) {
      record++;
    }
    return record;
  }

  /** Forgets everything: no process can write to the log any more. */
  public void clear() {
    log.fill((byte) 0);
  }

  /** What a record says now; what is not this chunk's counts as closed. */
  public State state(int record) {
    long word = ChunkLayout.getAcquire(log, record);
    if (ChunkLayout.generation(word) != generation) {
      return State.CLOSED;
    }
    return switch (ChunkLayout.state(word)) {
      case ChunkLayout.FREE -> State.FREE;
      case ChunkLayout.RESERVED -> State.RESERVED;
      case ChunkLayout.SEALED -> State.SEALED;
      case ChunkLayout.ABORTED -> State.ABORTED;
      default -> State.CLOSED;
    };
  }

  /** Where a record's object starts in the chunk. */
  public long offset(int record) {
    return ChunkLayout.offset(ChunkLayout.getAcquire(log, record));
  }

  /** The size of a record's object. */
  public long sizeBytes(int record) {
    return ChunkLayout.sizeBytes(ChunkLayout.getAcquire(log, record));
  }

  /** The key of a sealed record's object. */
  public StoreKey key(int record) {
    return new StoreKey(ChunkLayout.keyHigh(log, record), ChunkLayout.keyLow(log, record));
  }
}
