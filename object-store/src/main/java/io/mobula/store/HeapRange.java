package io.mobula.store;

/**
 * A range of bytes in the store's file.
 *
 * @param offset where it starts, counted from the start of the file
 * @param sizeBytes how long it is; zero for an empty object
 */
public record HeapRange(long offset, long sizeBytes) {

  /** Refuses negative numbers and ranges whose end does not fit a long. */
  public HeapRange {
    if (offset < 0 || sizeBytes < 0 || offset + sizeBytes < 0) {
      throw new IllegalArgumentException(
          "Not a range: offset=" + offset + ", sizeBytes=" + sizeBytes);
    }
  }

  /** The offset of the first byte behind the range. */
  public long endOffset() {
    return offset + sizeBytes;
  }

  /** Whether every byte of {@code other} lies in this range. */
  public boolean contains(HeapRange other) {
    return other.offset >= offset && other.endOffset() <= endOffset();
  }
}
