package io.mobula.store.spill;

import io.mobula.store.HeapRange;
import io.mobula.store.client.StoreClient;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Copies objects between the store and files, in pieces that stay in the processor's cache until
 * their checksum is taken. Belongs to one thread.
 *
 * <p>The system reads and writes the store's mapped memory itself where this process has touched it
 * or can quickly; elsewhere, and from file to file, the bytes take a detour through a buffer.
 */
final class SpillCopy implements AutoCloseable {

  private static final int PIECE_BYTES = 512 << 10;

  private final Arena arena = Arena.ofConfined();
  private @Nullable ByteBuffer buffer;

  /** Writes an object to a file and returns the checksum. */
  int toFile(StoreClient store, HeapRange object, FileChannel to, long offset) throws IOException {
    CRC32C checksum = new CRC32C();
    for (long done = 0; done < object.sizeBytes(); done += PIECE_BYTES) {
      int sizeBytes = pieceBytes(object.sizeBytes() - done);
      MemorySegment mapped = store.hot(object, done, sizeBytes);
      ByteBuffer piece = mapped == null ? buffer(sizeBytes) : mapped.asByteBuffer();
      if (mapped == null) {
        store.copyOut(object, done, MemorySegment.ofBuffer(piece));
      }
      checksum.update(piece);
      writeFully(to, piece.rewind(), offset + done);
    }
    return (int) checksum.getValue();
  }

  /** Reads an object from a file and returns the checksum. */
  int fromFile(FileChannel from, long offset, StoreClient store, HeapRange object)
      throws IOException {
    CRC32C checksum = new CRC32C();
    for (long done = 0; done < object.sizeBytes(); done += PIECE_BYTES) {
      int sizeBytes = pieceBytes(object.sizeBytes() - done);
      MemorySegment mapped = store.hot(object, done, sizeBytes);
      ByteBuffer piece = mapped == null ? buffer(sizeBytes) : mapped.asByteBuffer();
      readFully(from, piece, offset + done);
      checksum.update(piece.rewind());
      if (mapped == null) {
        store.copyIn(object, done, MemorySegment.ofBuffer(piece.rewind()));
      }
    }
    return (int) checksum.getValue();
  }

  /** Copies from file to file and returns the checksum. */
  int fileToFile(FileChannel from, long fromOffset, FileChannel to, long toOffset, long totalBytes)
      throws IOException {
    CRC32C checksum = new CRC32C();
    for (long done = 0; done < totalBytes; done += PIECE_BYTES) {
      ByteBuffer piece = buffer(pieceBytes(totalBytes - done));
      readFully(from, piece, fromOffset + done);
      checksum.update(piece.rewind());
      writeFully(to, piece.rewind(), toOffset + done);
    }
    return (int) checksum.getValue();
  }

  void writeTrailer(FileChannel to, SpillSlot slot) throws IOException {
    ByteBuffer trailer = buffer(SpillRecord.TRAILER_BYTES);
    SpillRecord.putTrailer(trailer, slot);
    writeFully(to, trailer, slot.offset() + slot.sizeBytes());
  }

  /** The trailer of an object, ready to be read. */
  ByteBuffer readTrailer(FileChannel from, SpillSlot slot) throws IOException {
    ByteBuffer trailer = buffer(SpillRecord.TRAILER_BYTES);
    readFully(from, trailer, slot.offset() + slot.sizeBytes());
    return trailer.flip();
  }

  @Override
  public void close() {
    arena.close();
  }

  private static int pieceBytes(long leftBytes) {
    return (int) Math.min(PIECE_BYTES, leftBytes);
  }

  private ByteBuffer buffer(int sizeBytes) {
    ByteBuffer current = buffer;
    if (current == null) {
      current = arena.allocate(PIECE_BYTES).asByteBuffer();
      buffer = current;
    }
    return current.clear().limit(sizeBytes);
  }

  private static void readFully(FileChannel from, ByteBuffer into, long offset) throws IOException {
    long position = offset;
    while (into.hasRemaining()) {
      int count = from.read(into, position);
      if (count < 0) {
        throw new EOFException("file is too short: position=" + position);
      }
      position += count;
    }
  }

  private static void writeFully(FileChannel to, ByteBuffer bytes, long offset) throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += to.write(bytes, position);
    }
  }
}
