package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;

/** Where an encoded value's bytes go. Used by one thread. */
@FunctionalInterface
public interface ByteTarget {
  /** Copies {@code bytes} to the position {@code at}. No position is written twice. */
  void write(long at, MemorySegment bytes);

  /** Bytes in this process's memory. */
  static ByteTarget of(MemorySegment target) {
    return (at, bytes) -> MemorySegment.copy(bytes, 0, target, at, bytes.byteSize());
  }
}
