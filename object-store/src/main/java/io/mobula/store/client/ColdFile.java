package io.mobula.store.client;

import io.mobula.store.HeapRange;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The store's bytes by read and write calls, for memory that this process has not touched through
 * its mapping: the kernel copies gigabytes a second, where a page fault for every 4 KiB would allow
 * a tenth of that.
 *
 * <p>Any thread. An interrupt closes the channel that it hits; so each copy has a channel of its
 * own, the interrupt waits, and the piece that it hits is copied again.
 */
final class ColdFile {

  /** Fits the second-level cache, so that the second of the two copies is nearly free. */
  private static final int PIECE_BYTES = 256 << 10;

  private static final int POOLED_MAX = 4;
  private static final int ATTEMPTS_MAX = 16;

  private final Path file;
  private final ArrayBlockingQueue<ByteBuffer> pool = new ArrayBlockingQueue<>(POOLED_MAX);

  ColdFile(Path file) {
    this.file = file;
  }

  /** Copies {@code source} to the file's bytes from {@code range}'s start, as many as it has. */
  void write(HeapRange range, MemorySegment source) throws IOException {
    withBuffer(
        StandardOpenOption.WRITE,
        range.sizeBytes(),
        (channel, buffer, done, count) -> {
          MemorySegment.copy(source, done, MemorySegment.ofBuffer(buffer), 0, count);
          while (buffer.hasRemaining()) {
            channel.write(buffer, range.offset() + done + buffer.position());
          }
        });
  }

  /** Copies the file's bytes of {@code range} to {@code target}. */
  void read(HeapRange range, MemorySegment target) throws IOException {
    withBuffer(
        StandardOpenOption.READ,
        range.sizeBytes(),
        (channel, buffer, done, count) -> {
          while (buffer.hasRemaining()) {
            if (channel.read(buffer, range.offset() + done + buffer.position()) < 0) {
              throw new EOFException("The store file has shrunk: path=" + file);
            }
          }
          MemorySegment.copy(MemorySegment.ofBuffer(buffer.flip()), 0, target, done, count);
        });
  }

  private void withBuffer(OpenOption option, long sizeBytes, Piece piece) throws IOException {
    @Nullable ByteBuffer pooled = pool.poll();
    ByteBuffer buffer = pooled == null ? ByteBuffer.allocateDirect(PIECE_BYTES) : pooled;
    boolean isInterrupted = Thread.interrupted();
    try {
      long done = 0;
      for (int attempt = 1; done < sizeBytes; attempt++) {
        try (FileChannel channel = FileChannel.open(file, option)) {
          while (done < sizeBytes) {
            int count = (int) Math.min(PIECE_BYTES, sizeBytes - done);
            piece.copy(channel, buffer.clear().limit(count), done, count);
            done += count;
          }
        } catch (ClosedByInterruptException e) {
          isInterrupted = true;
          Thread.interrupted();
          if (attempt == ATTEMPTS_MAX) {
            throw e;
          }
        }
      }
    } finally {
      if (!pool.offer(buffer)) {
        buffer.clear();
      }
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Copies {@code count} bytes at {@code done} by way of the buffer, whose limit is the count. */
  @FunctionalInterface
  private interface Piece {
    void copy(FileChannel channel, ByteBuffer buffer, long done, int count) throws IOException;
  }
}
