package io.mobula.agent.link;

import com.google.protobuf.CodedOutputStream;
import io.mobula.proto.Packet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The frames that a connection has still to send, as a queue of chunks. Owner thread: the loop's.
 *
 * <pre>
 *   +---------------------------+--------------+---------------------------+-----
 *   | length, 4 B little endian | packet       | length, 4 B little endian | ...
 *   +---------------------------+--------------+---------------------------+-----
 * </pre>
 *
 * Small packets are serialized one behind the other into chunks from the loop's {@link ChunkPool};
 * one that fits no chunk has an array of its own, and a raw one of that size is not copied.
 */
final class OutgoingFrames {
  static final int PREFIX_BYTES = Integer.BYTES;

  private final ChunkPool pool;
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private @Nullable Chunk tail;
  private long sizeBytes;

  OutgoingFrames(ChunkPool pool) {
    this.pool = pool;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  void add(Packet packet, int packetBytes) {
    try {
      int frameBytes = PREFIX_BYTES + packetBytes;
      if (frameBytes <= ChunkPool.CHUNK_BYTES) {
        Chunk chunk = room(frameBytes);
        chunk.out.writeFixed32NoTag(packetBytes);
        packet.writeTo(chunk.out);
        chunk.end += frameBytes;
      } else {
        addPrefix(packetBytes);
        addOwnChunk(packet.toByteArray());
      }
      sizeBytes += frameBytes;
    } catch (IOException e) {
      // Only when a message was changed between computing its size and writing it: it is immutable.
      throw new UncheckedIOException(e);
    }
  }

  void addRaw(byte[] packet) {
    try {
      int frameBytes = PREFIX_BYTES + packet.length;
      if (frameBytes <= ChunkPool.CHUNK_BYTES) {
        Chunk chunk = room(frameBytes);
        chunk.out.writeFixed32NoTag(packet.length);
        chunk.out.writeRawBytes(packet);
        chunk.end += frameBytes;
      } else {
        addPrefix(packet.length);
        addOwnChunk(packet);
      }
      sizeBytes += frameBytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies what is first in the queue, as much as fits, without removing it. */
  void peek(ByteBuffer target) {
    for (Chunk chunk : chunks) {
      int count = Math.min(target.remaining(), chunk.end - chunk.start);
      target.put(chunk.bytes, chunk.start, count);
      if (!target.hasRemaining()) {
        return;
      }
    }
  }

  /** Removes bytes that were sent. */
  void consume(int byteCount) {
    sizeBytes -= byteCount;
    int left = byteCount;
    while (left > 0) {
      Chunk first = chunks.element();
      int count = Math.min(left, first.end - first.start);
      first.start += count;
      left -= count;
      if (first.start == first.end) {
        drop(chunks.remove());
      }
    }
  }

  void clear() {
    while (!chunks.isEmpty()) {
      drop(chunks.remove());
    }
    sizeBytes = 0;
  }

  private void drop(Chunk chunk) {
    if (chunk == tail) {
      tail = null;
    }
    pool.release(chunk.bytes);
  }

  private Chunk room(int byteCount) {
    Chunk chunk = tail;
    if (chunk == null || chunk.bytes.length - chunk.end < byteCount) {
      chunk = new Chunk(pool.acquire(), 0);
      chunks.add(chunk);
      tail = chunk;
    }
    return chunk;
  }

  private void addPrefix(int packetBytes) throws IOException {
    Chunk chunk = room(PREFIX_BYTES);
    chunk.out.writeFixed32NoTag(packetBytes);
    chunk.end += PREFIX_BYTES;
  }

  private void addOwnChunk(byte[] packet) {
    chunks.add(new Chunk(packet, packet.length));
    tail = null;
  }

  private static final class Chunk {
    final byte[] bytes;
    final CodedOutputStream out;
    int start;
    int end;

    Chunk(byte[] bytes, int end) {
      this.bytes = bytes;
      this.out = CodedOutputStream.newInstance(bytes);
      this.end = end;
    }
  }
}
