package io.mobula.store.chunk;

import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A chunk log: what a client has put into the chunk that it leases. One for each client, in the
 * machine's byte order.
 *
 * <pre>
 *  byte   0          8          16         24         32
 *  ┌──────────┬──────────┬──────────┬──────────┬─ ─ ─
 *  │ word     │ key,     │ key,     │ reserved │ word of record 1, ...
 *  │          │ high     │ low      │          │
 *  └──────────┴──────────┴──────────┴──────────┴─ ─ ─
 *  word: bits 0..2 state, 3..22 size in bytes, 23..42 offset in the chunk in units of 64 bytes,
 *        43..63 generation
 *
 *            client: reserve          client: seal
 *  FREE ───────────────────► RESERVED ─────────────► SEALED
 *    │ either: close             │ client: abort
 *    └──────────► CLOSED         └─────────────────► ABORTED
 * </pre>
 *
 * <p>Records are used in order, so the first that is FREE or CLOSED is the log's end, and what it
 * says decides whether there will be more: reserving and closing both compare and set that one
 * word. An object starts where the one before it ends; so who sees a record sees all before it, and
 * nothing of the chunk is unaccounted for, whenever its client dies.
 *
 * <p>A log is used for one chunk after the other. Each has another generation, which is in every
 * word: a thread that still means the last chunk changes nothing of this one.
 */
public final class ChunkLayout {

  /** How many objects a chunk can have. */
  public static final int RECORD_COUNT = StoreLayout.CHUNK_LOG_BYTES / 32;

  /** Objects in chunks are smaller than this. */
  public static final int OBJECT_BYTES_END = 1 << 20;

  /** The unit of offsets. */
  public static final int UNIT_BYTES = 64;

  /** No chunk is larger. */
  public static final long CHUNK_BYTES_MAX = (long) OBJECT_BYTES_END * UNIT_BYTES;

  static final int FREE = 0;
  static final int RESERVED = 1;
  static final int SEALED = 2;
  static final int ABORTED = 3;
  static final int CLOSED = 4;

  /** Generations go from 1 to this, and begin again. */
  static final int GENERATION_MAX = (1 << 21) - 1;

  private static final int RECORD_BYTES = 32;
  private static final long KEY_HIGH_OFFSET = 8;
  private static final long KEY_LOW_OFFSET = 16;
  private static final int SIZE_SHIFT = 3;
  private static final int OFFSET_SHIFT = 23;
  private static final int GENERATION_SHIFT = 43;
  private static final long STATE_MASK = (1 << SIZE_SHIFT) - 1;
  private static final long FIELD_MASK = (1 << 20) - 1;
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private ChunkLayout() {}

  /** How much of a chunk an object takes. */
  public static long takenBytes(long sizeBytes) {
    return (sizeBytes + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
  }

  static long word(int generation, int state, long offset, long sizeBytes) {
    return ((long) generation << GENERATION_SHIFT)
        | ((offset / UNIT_BYTES) << OFFSET_SHIFT)
        | (sizeBytes << SIZE_SHIFT)
        | state;
  }

  static long word(int generation, int state) {
    return word(generation, state, 0, 0);
  }

  /** The same record in another state. */
  static long withState(long word, int state) {
    return (word & ~STATE_MASK) | state;
  }

  static int state(long word) {
    return (int) (word & STATE_MASK);
  }

  static int generation(long word) {
    return (int) (word >>> GENERATION_SHIFT);
  }

  static long offset(long word) {
    return ((word >>> OFFSET_SHIFT) & FIELD_MASK) * UNIT_BYTES;
  }

  static long sizeBytes(long word) {
    return (word >>> SIZE_SHIFT) & FIELD_MASK;
  }

  /** Where the next object starts. */
  static long endOffset(long word) {
    return offset(word) + takenBytes(sizeBytes(word));
  }

  static void check(MemorySegment log) {
    if (log.byteSize() != StoreLayout.CHUNK_LOG_BYTES) {
      throw new IllegalArgumentException("Not a chunk log: segmentBytes=" + log.byteSize());
    }
  }

  static long getAcquire(MemorySegment log, int record) {
    return (long) LONG.getAcquire(log, at(record));
  }

  static void setRelease(MemorySegment log, int record, long word) {
    LONG.setRelease(log, at(record), word);
  }

  static boolean compareAndSet(MemorySegment log, int record, long expected, long word) {
    return LONG.compareAndSet(log, at(record), expected, word);
  }

  static void setKey(MemorySegment log, int record, long high, long low) {
    LONG.setOpaque(log, at(record) + KEY_HIGH_OFFSET, high);
    LONG.setOpaque(log, at(record) + KEY_LOW_OFFSET, low);
  }

  static long keyHigh(MemorySegment log, int record) {
    return (long) LONG.getOpaque(log, at(record) + KEY_HIGH_OFFSET);
  }

  static long keyLow(MemorySegment log, int record) {
    return (long) LONG.getOpaque(log, at(record) + KEY_LOW_OFFSET);
  }

  private static long at(int record) {
    return (long) record * RECORD_BYTES;
  }
}
