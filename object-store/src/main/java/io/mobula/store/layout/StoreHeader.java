package io.mobula.store.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a store's file: what a process must know before it may touch the rest.
 *
 * <pre>
 *  byte   0         8             12          16         24            32         40          48..63
 *  ┌─────────┬─────────────┬───────────┬──────────┬─────────────┬──────────┬────────────┬──────────┐
 *  │ magic   │ version (4) │ page (4)  │ file     │ node        │ owner's  │ owner's    │ reserved │
 *  │         │             │           │ length   │ incarnation │ pid      │ start (ms) │ (zero)   │
 *  └─────────┴─────────────┴───────────┴──────────┴─────────────┴──────────┴────────────┴──────────┘
 *  byte  64        72           76           80       88           92           96         104..111
 *  ┌─────────┬────────────┬────────────┬─────────┬────────────┬────────────┬──────────┬────────────┐
 *  │ index   │ index      │ index slot │ holds   │ hold table │ hold table │ heap     │ heap       │
 *  │ offset  │ slots (4)  │ bytes (4)  │ offset  │ count (4)  │ bytes (4)  │ offset   │ length     │
 *  └─────────┴────────────┴────────────┴─────────┴────────────┴────────────┴──────────┴────────────┘
 *  byte 112          120          124..127
 *  ┌───────────────┬────────────┬──────────┐
 *  │ chunk logs    │ chunk log  │ reserved │
 *  │ offset        │ bytes (4)  │ (zero)   │
 *  └───────────────┴────────────┴──────────┘
 *  byte 128..4095: reserved (zero)
 * </pre>
 *
 * <p>All numbers are little-endian and eight bytes long unless the drawing says otherwise. The
 * owner writes the magic last: a file without it is not finished. After that the header never
 * changes.
 *
 * @param layout where the regions are
 * @param incarnation the number of the node's life, which is never used for another node
 * @param owner the process that made the file
 */
public record StoreHeader(StoreLayout layout, long incarnation, StoreOwner owner) {

  /** How many bytes carry fields. */
  public static final int BYTES = 128;

  /** "MOBULA" and "ST" in ASCII, as the bytes lie in the file. */
  public static final long MAGIC = 0x5453_414C_5542_4F4DL;

  private static final int MAGIC_OFFSET = 0;
  private static final int VERSION_OFFSET = 8;
  private static final int PAGE_BYTES_OFFSET = 12;
  private static final int FILE_BYTES_OFFSET = 16;
  private static final int INCARNATION_OFFSET = 24;
  private static final int OWNER_PID_OFFSET = 32;
  private static final int OWNER_START_MILLIS_OFFSET = 40;
  private static final int INDEX_OFFSET_OFFSET = 64;
  private static final int INDEX_SLOT_COUNT_OFFSET = 72;
  private static final int INDEX_SLOT_BYTES_OFFSET = 76;
  private static final int HOLDS_OFFSET_OFFSET = 80;
  private static final int HOLD_TABLE_COUNT_OFFSET = 88;
  private static final int HOLD_TABLE_BYTES_OFFSET = 92;
  private static final int HEAP_OFFSET_OFFSET = 96;
  private static final int HEAP_BYTES_OFFSET = 104;
  private static final int CHUNK_LOGS_OFFSET_OFFSET = 112;
  private static final int CHUNK_LOG_BYTES_OFFSET = 120;

  /** The header's {@link #BYTES} bytes, with the magic in its place. */
  public byte[] encode() {
    byte[] header = new byte[BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(MAGIC_OFFSET, MAGIC);
    bytes.putInt(VERSION_OFFSET, StoreLayout.VERSION);
    bytes.putInt(PAGE_BYTES_OFFSET, layout.pageBytes());
    bytes.putLong(FILE_BYTES_OFFSET, layout.fileBytes());
    bytes.putLong(INCARNATION_OFFSET, incarnation);
    bytes.putLong(OWNER_PID_OFFSET, owner.pid());
    bytes.putLong(OWNER_START_MILLIS_OFFSET, owner.startMillis());
    bytes.putLong(INDEX_OFFSET_OFFSET, layout.indexOffset());
    bytes.putInt(INDEX_SLOT_COUNT_OFFSET, layout.indexSlotCount());
    bytes.putInt(INDEX_SLOT_BYTES_OFFSET, StoreLayout.INDEX_SLOT_BYTES);
    bytes.putLong(HOLDS_OFFSET_OFFSET, layout.holdsOffset());
    bytes.putInt(HOLD_TABLE_COUNT_OFFSET, layout.holdTableCount());
    bytes.putInt(HOLD_TABLE_BYTES_OFFSET, StoreLayout.HOLD_TABLE_BYTES);
    bytes.putLong(HEAP_OFFSET_OFFSET, layout.heapOffset());
    bytes.putLong(HEAP_BYTES_OFFSET, layout.heapBytes());
    bytes.putLong(CHUNK_LOGS_OFFSET_OFFSET, layout.chunkLogsOffset());
    bytes.putInt(CHUNK_LOG_BYTES_OFFSET, StoreLayout.CHUNK_LOG_BYTES);
    return header;
  }

  /**
   * Reads and validates the header of a file of {@code fileBytes}.
   *
   * @param source what to call the file in a message
   * @param bytes the file's first bytes, from position 0 to the limit; fewer than {@link #BYTES} if
   *     the file is shorter
   * @throws StoreFormatException if this is not a finished store of this layout version
   */
  public static StoreHeader decode(String source, ByteBuffer bytes, long fileBytes)
      throws StoreFormatException {
    ByteBuffer fields = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    checkIdentity(source, fields);
    check(
        fileBytes == fields.getLong(FILE_BYTES_OFFSET),
        source,
        "its length differs from its header: lengthBytes="
            + fileBytes
            + ", headerBytes="
            + fields.getLong(FILE_BYTES_OFFSET));
    checkUnit(
        source, "index slot", fields.getInt(INDEX_SLOT_BYTES_OFFSET), StoreLayout.INDEX_SLOT_BYTES);
    checkUnit(
        source, "hold table", fields.getInt(HOLD_TABLE_BYTES_OFFSET), StoreLayout.HOLD_TABLE_BYTES);
    checkUnit(
        source, "chunk log", fields.getInt(CHUNK_LOG_BYTES_OFFSET), StoreLayout.CHUNK_LOG_BYTES);
    StoreLayout layout = decodeLayout(source, fields);
    check(
        layout.fileBytes() == fileBytes,
        source,
        "its heap does not end with the file: heapEnd="
            + layout.fileBytes()
            + ", lengthBytes="
            + fileBytes);
    return new StoreHeader(
        layout,
        fields.getLong(INCARNATION_OFFSET),
        new StoreOwner(
            fields.getLong(OWNER_PID_OFFSET), fields.getLong(OWNER_START_MILLIS_OFFSET)));
  }

  private static void checkIdentity(String source, ByteBuffer fields) throws StoreFormatException {
    check(
        fields.limit() >= BYTES,
        source,
        "it is shorter than a header: lengthBytes=" + fields.limit() + ", headerBytes=" + BYTES);
    long magic = fields.getLong(MAGIC_OFFSET);
    check(magic != 0, source, "its owner has not finished making it");
    check(
        magic == MAGIC,
        source,
        "it is no store file: magic=%016x, expected=%016x".formatted(magic, MAGIC));
    int version = fields.getInt(VERSION_OFFSET);
    check(
        version == StoreLayout.VERSION,
        source,
        "its layout is of another version: version="
            + version
            + ", expected="
            + StoreLayout.VERSION
            + "; run the same Mobula version in every process of the node");
  }

  private static StoreLayout decodeLayout(String source, ByteBuffer fields)
      throws StoreFormatException {
    try {
      return new StoreLayout(
          fields.getInt(PAGE_BYTES_OFFSET),
          fields.getLong(INDEX_OFFSET_OFFSET),
          fields.getInt(INDEX_SLOT_COUNT_OFFSET),
          fields.getLong(HOLDS_OFFSET_OFFSET),
          fields.getInt(HOLD_TABLE_COUNT_OFFSET),
          fields.getLong(CHUNK_LOGS_OFFSET_OFFSET),
          fields.getLong(HEAP_OFFSET_OFFSET),
          fields.getLong(HEAP_BYTES_OFFSET));
    } catch (IllegalArgumentException e) {
      throw new StoreFormatException(source, "its header is damaged: " + e.getMessage(), e);
    }
  }

  private static void checkUnit(String source, String unit, int sizeBytes, int expectedBytes)
      throws StoreFormatException {
    check(
        sizeBytes == expectedBytes,
        source,
        "its " + unit + " has another size: bytes=" + sizeBytes + ", expected=" + expectedBytes);
  }

  private static void check(boolean isTrue, String source, String problem)
      throws StoreFormatException {
    if (!isTrue) {
      throw new StoreFormatException(source, problem, null);
    }
  }
}
