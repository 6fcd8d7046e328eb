package io.mobula.raylet.objects;

import io.mobula.store.HeapRange;
import io.mobula.store.file.StoreFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * The raylet's own mapping of its store file, writable. Any thread may read and write the slices
 * that the object table lets it; the loop closes it when nobody does.
 */
final class StoreMapping implements AutoCloseable {

  private final Arena arena;
  private final MemorySegment bytes;

  private StoreMapping(Arena arena, MemorySegment bytes) {
    this.arena = arena;
    this.bytes = bytes;
  }

  // The arena lives as long as the mapping, whose close() closes it.
  @SuppressWarnings("MustBeClosedChecker")
  static StoreMapping of(StoreFile file) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment bytes =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, file.layout().fileBytes(), arena);
      return new StoreMapping(arena, bytes);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  MemorySegment slice(HeapRange range) {
    return slice(range.offset(), range.sizeBytes());
  }

  MemorySegment slice(long offset, long sizeBytes) {
    return bytes.asSlice(offset, sizeBytes);
  }

  @Override
  public void close() {
    arena.close();
  }
}
