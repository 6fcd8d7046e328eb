package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;

/** Where an encoded value's bytes come from. Used by one thread. */
public interface ByteSource {
  /** How many there are. */
  long sizeBytes();

  /** Fills {@code target} with the bytes from the position {@code from} on. */
  void copyTo(long from, MemorySegment target);

  /**
   * The bytes themselves, for values that are views of them: valid as long as the segment is
   * reachable.
   */
  MemorySegment segment();

  /** Bytes in this process's memory. */
  static ByteSource of(MemorySegment bytes) {
    return new SegmentSource(bytes);
  }

  /**
   * Bytes in this process's memory.
   *
   * @param segment all of them
   */
  record SegmentSource(MemorySegment segment) implements ByteSource {
    @Override
    public long sizeBytes() {
      return segment.byteSize();
    }

    @Override
    public void copyTo(long from, MemorySegment target) {
      MemorySegment.copy(segment, from, target, 0, target.byteSize());
    }
  }
}
