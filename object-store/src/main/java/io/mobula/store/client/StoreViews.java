package io.mobula.store.client;

import io.mobula.store.HeapRange;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Read-only segments of the store's file that live as long as they are reachable.
 *
 * <p>Lock-free; any thread.
 *
 * <p>How it works: the file is mapped in windows of up to 2 GiB, one for every GiB, so that an
 * object of up to a GiB lies in one of them whole. A segment made from a slice of a mapped buffer
 * has a scope of its own, which keeps the window mapped, and which everything derived from the
 * segment shares: when the scope is unreachable, so is all of that. A window is unmapped once
 * neither this nor a view of it is reachable. So a view costs a few small objects, and all views of
 * a page share its page table entry: only the first look at it costs a fault. An object that no
 * window holds whole gets a mapping of its own.
 */
final class StoreViews {

  private static final long STRIDE_BYTES = 1L << 30;
  private static final long WINDOW_BYTES_MAX = (2L << 30) - (1 << 20);
  private static final int MAP_ATTEMPTS_MAX = 1_000;

  private final Path file;
  private final long fileBytes;
  private final AtomicReferenceArray<MappedByteBuffer> windows;

  StoreViews(Path file, long fileBytes) {
    this.file = file;
    this.fileBytes = fileBytes;
    this.windows = new AtomicReferenceArray<>((int) (fileBytes / STRIDE_BYTES) + 1);
  }

  /**
   * A new segment with a scope of its own.
   *
   * @throws IOException if the file is gone before its part was mapped, or the system has no room
   *     for another mapping
   */
  MemorySegment view(HeapRange range) throws IOException {
    int number = (int) (range.offset() / STRIDE_BYTES);
    long start = number * STRIDE_BYTES;
    if (range.endOffset() - start > WINDOW_BYTES_MAX) {
      return retrying(channel ->
          channel.map(MapMode.READ_ONLY, range.offset(), range.sizeBytes(), Arena.ofAuto()));
    }
    MappedByteBuffer window = windows.get(number);
    if (window == null) {
      window = map(number, start);
    }
    return MemorySegment.ofBuffer(
        window.slice((int) (range.offset() - start), (int) range.sizeBytes()));
  }

  private MappedByteBuffer map(int number, long start) throws IOException {
    long sizeBytes = Math.min(WINDOW_BYTES_MAX, fileBytes - start);
    MappedByteBuffer mapped = retrying(channel -> channel.map(MapMode.READ_ONLY, start, sizeBytes));
    MappedByteBuffer other = windows.compareAndExchange(number, null, mapped);
    return other == null ? mapped : other;
  }

  /**
   * Maps something. An interrupt closes the channel that it hits, even if it came before; so each
   * mapping has its own channel, the interrupt waits, and a mapping that it hits is made again.
   */
  private <T> T retrying(Mapping<T> mapping) throws IOException {
    boolean isInterrupted = Thread.interrupted();
    try {
      for (int attempt = 1; ; attempt++) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          return mapping.map(channel);
        } catch (ClosedByInterruptException e) {
          isInterrupted = true;
          Thread.interrupted();
          if (attempt == MAP_ATTEMPTS_MAX) {
            throw e;
          }
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Makes one mapping. */
  @FunctionalInterface
  private interface Mapping<T> {
    T map(FileChannel channel) throws IOException;
  }
}
