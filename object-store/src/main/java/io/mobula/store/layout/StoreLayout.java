package io.mobula.store.layout;

import io.mobula.store.HeapRange;

/**
 * The regions of a store's file.
 *
 * <pre>
 *  offset 0                                                        multiple of
 *  ┌───────────────────────────────────────────────────────────┐
 *  │ header        one page; see StoreHeader                    │  page
 *  ├───────────────────────────────────────────────────────────┤  indexOffset
 *  │ index         indexSlotCount slots of 64 bytes, a power    │  page
 *  │               of two: object key to offset, size, state;   │
 *  │               see IndexLayout                              │
 *  ├───────────────────────────────────────────────────────────┤  holdsOffset
 *  │ hold tables   holdTableCount tables of 8 KiB, one for      │  page
 *  │               each client: what it reads at the moment;    │
 *  │               see HoldLayout                               │
 *  ├───────────────────────────────────────────────────────────┤  chunkLogsOffset
 *  │ chunk logs    one of 4 KiB for each hold table: what its   │  page
 *  │               client puts where without asking;            │
 *  │               see ChunkLayout                              │
 *  ├───────────────────────────────────────────────────────────┤  heapOffset
 *  │ heap          heapBytes: the objects, at multiples of 64   │  2 MiB
 *  │               bytes, those of 1 MiB or more at pages       │
 *  └───────────────────────────────────────────────────────────┘  fileBytes()
 * </pre>
 *
 * <p>The file is sparse: a region that nobody touches costs nothing. The index has its memory from
 * the start, a hold table and its chunk log from when a client first gets them, the heap as it
 * grows. Only the owner writes to the index, but for one hint a slot, and only its client to a hold
 * table; a chunk log is written by both. A reader takes every offset and count from the header,
 * never from the constants here, so that an owner may choose other sizes within one layout version.
 *
 * <p>A page is the layout's unit of alignment and of growth. It need not be the kernel's.
 *
 * @param pageBytes the size of a page
 * @param indexOffset where the index starts
 * @param indexSlotCount how many slots of {@link #INDEX_SLOT_BYTES} the index has
 * @param holdsOffset where the hold tables start
 * @param holdTableCount how many tables of {@link #HOLD_TABLE_BYTES} there are
 * @param chunkLogsOffset where the chunk logs start, as many as there are hold tables
 * @param heapOffset where the heap starts
 * @param heapBytes the size of the heap, which is what the store calls its capacity
 */
public record StoreLayout(
    int pageBytes,
    long indexOffset,
    int indexSlotCount,
    long holdsOffset,
    int holdTableCount,
    long chunkLogsOffset,
    long heapOffset,
    long heapBytes) {

  /** The version of everything drawn in this package; a change to any of it is a new version. */
  public static final int VERSION = 3;

  /** The page of this version. */
  public static final int PAGE_BYTES = 4096;

  /** One cache line for each slot of the index. */
  public static final int INDEX_SLOT_BYTES = 64;

  /** One client's hold table. */
  public static final int HOLD_TABLE_BYTES = 8192;

  /** One client's chunk log. */
  public static final int CHUNK_LOG_BYTES = 4096;

  /** The alignment of the heap's start: a huge page of x86-64 and of arm64 with 4 KiB pages. */
  public static final int HEAP_ALIGNMENT_BYTES = 2 << 20;

  private static final int HOLD_TABLE_COUNT = 1024;
  private static final int INDEX_SLOT_COUNT_MIN = 1 << 12;
  private static final int INDEX_SLOT_COUNT_MAX = 1 << 20;
  private static final int HEAP_BYTES_PER_INDEX_SLOT = 32 << 10;

  /** Refuses regions that overlap, are out of order or are not aligned. */
  public StoreLayout {
    long indexEnd = indexOffset + (long) indexSlotCount * INDEX_SLOT_BYTES;
    long holdsEnd = holdsOffset + (long) holdTableCount * HOLD_TABLE_BYTES;
    long chunkLogsEnd = chunkLogsOffset + (long) holdTableCount * CHUNK_LOG_BYTES;
    boolean isValid =
        pageBytes >= 512
            && Integer.bitCount(pageBytes) == 1
            && indexSlotCount > 0
            && Integer.bitCount(indexSlotCount) == 1
            && holdTableCount > 0
            && indexOffset >= pageBytes
            && holdsOffset >= indexEnd
            && chunkLogsOffset >= holdsEnd
            && heapOffset >= chunkLogsEnd
            && heapBytes > 0
            && heapOffset + heapBytes > 0
            && (indexOffset | holdsOffset | chunkLogsOffset | heapOffset | heapBytes) % pageBytes
                == 0;
    if (!isValid) {
      throw new IllegalArgumentException(
          ("Store regions overlap or are not aligned: pageBytes=%d, indexOffset=%d,"
                  + " indexSlotCount=%d, holdsOffset=%d, holdTableCount=%d,"
                  + " chunkLogsOffset=%d, heapOffset=%d, heapBytes=%d")
              .formatted(
                  pageBytes,
                  indexOffset,
                  indexSlotCount,
                  holdsOffset,
                  holdTableCount,
                  chunkLogsOffset,
                  heapOffset,
                  heapBytes));
    }
  }

  /**
   * The layout of a store for objects of {@code capacityBytes} in all, rounded down to whole pages.
   *
   * @throws IllegalArgumentException if that is less than one page
   */
  public static StoreLayout ofCapacity(long capacityBytes) {
    if (capacityBytes < PAGE_BYTES) {
      throw new IllegalArgumentException(
          "Store capacity is less than a page: capacityBytes="
              + capacityBytes
              + ", pageBytes="
              + PAGE_BYTES);
    }
    int indexSlotCount = indexSlotCount(capacityBytes);
    long holdsOffset = PAGE_BYTES + (long) indexSlotCount * INDEX_SLOT_BYTES;
    long chunkLogsOffset = holdsOffset + (long) HOLD_TABLE_COUNT * HOLD_TABLE_BYTES;
    long chunkLogsEnd = chunkLogsOffset + (long) HOLD_TABLE_COUNT * CHUNK_LOG_BYTES;
    return new StoreLayout(
        PAGE_BYTES,
        PAGE_BYTES,
        indexSlotCount,
        holdsOffset,
        HOLD_TABLE_COUNT,
        chunkLogsOffset,
        roundUp(chunkLogsEnd, HEAP_ALIGNMENT_BYTES),
        capacityBytes - capacityBytes % PAGE_BYTES);
  }

  /** The heap. */
  public HeapRange heap() {
    return new HeapRange(heapOffset, heapBytes);
  }

  /** The length of the index. */
  public long indexBytes() {
    return (long) indexSlotCount * INDEX_SLOT_BYTES;
  }

  /** The length of all hold tables. */
  public long holdsBytes() {
    return (long) holdTableCount * HOLD_TABLE_BYTES;
  }

  /** Where a hold table starts, the first of which is number 0. */
  public long holdTableOffset(int table) {
    if (table < 0 || table >= holdTableCount) {
      throw new IndexOutOfBoundsException(
          "No such hold table: table=" + table + ", holdTableCount=" + holdTableCount);
    }
    return holdsOffset + (long) table * HOLD_TABLE_BYTES;
  }

  /** The length of all chunk logs. */
  public long chunkLogsBytes() {
    return (long) holdTableCount * CHUNK_LOG_BYTES;
  }

  /** Where the chunk log starts that goes with a hold table. */
  public long chunkLogOffset(int table) {
    if (table < 0 || table >= holdTableCount) {
      throw new IndexOutOfBoundsException(
          "No such chunk log: table=" + table + ", holdTableCount=" + holdTableCount);
    }
    return chunkLogsOffset + (long) table * CHUNK_LOG_BYTES;
  }

  /** The length of the file. */
  public long fileBytes() {
    return heapOffset + heapBytes;
  }

  private static int indexSlotCount(long capacityBytes) {
    long wanted = Math.min(capacityBytes / HEAP_BYTES_PER_INDEX_SLOT, INDEX_SLOT_COUNT_MAX);
    int floor = (int) Math.max(wanted, INDEX_SLOT_COUNT_MIN);
    int highestBit = Integer.highestOneBit(floor);
    return highestBit == floor ? floor : highestBit << 1;
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }
}
