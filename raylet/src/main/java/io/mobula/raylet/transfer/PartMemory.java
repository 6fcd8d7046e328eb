package io.mobula.raylet.transfer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a store's memory that is sent or filled. One thread at a time.
 *
 * <p>It can be reached in two ways, because the first touch of a mapped page costs more than all
 * the rest: through the mapping where this process has touched the pages, and by reads and writes
 * of the file where it has not.
 */
public interface PartMemory {

  long sizeBytes();

  /** The bytes as mapped memory, or null if {@link #read} and {@link #write} are faster. */
  @Nullable MemorySegment mapped(long firstByte, long lengthBytes);

  /** Fills the buffer from the given byte on. */
  void read(long firstByte, ByteBuffer into) throws IOException;

  /** Writes all of the buffer from the given byte on. */
  void write(long firstByte, ByteBuffer from) throws IOException;

  /** Memory that is always reached directly. */
  static PartMemory of(MemorySegment bytes) {
    return new PartMemory() {
      @Override
      public long sizeBytes() {
        return bytes.byteSize();
      }

      @Override
      public MemorySegment mapped(long firstByte, long lengthBytes) {
        return bytes.asSlice(firstByte, lengthBytes);
      }

      @Override
      public void read(long firstByte, ByteBuffer into) {
        into.put(bytes.asSlice(firstByte, into.remaining()).asByteBuffer());
      }

      @Override
      public void write(long firstByte, ByteBuffer from) {
        bytes.asSlice(firstByte, from.remaining()).asByteBuffer().put(from);
      }
    };
  }
}
