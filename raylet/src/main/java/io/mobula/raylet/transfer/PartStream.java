package io.mobula.raylet.transfer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.zip.CRC32C;

/**
 * Moves parts over a connection, block by block, with their checksum.
 *
 * <p>Belongs to the thread of its connection. The checksum is taken while a block is in the
 * processor's cache. Blocks are large, because each costs a system call; those of memory that is
 * not reached directly go through a buffer of the connection.
 */
final class PartStream {

  private static final int BUFFER_BYTES = 1 << 20;

  private final TimedChannel channel;
  private final int blockBytes;
  private final Duration stallTimeout;
  private final CRC32C sum = new CRC32C();

  /**
   * @param blockBytes moved at a time, in at most {@code stallTimeout}
   */
  PartStream(TimedChannel channel, int blockBytes, Duration stallTimeout) {
    this.channel = channel;
    this.blockBytes = blockBytes;
    this.stallTimeout = stallTimeout;
  }

  /** Sends the part and its checksum. */
  void send(PartMemory part) throws IOException {
    sum.reset();
    long sentBytes = 0;
    while (sentBytes < part.sizeBytes()) {
      int lengthBytes = (int) Math.min(blockBytes, part.sizeBytes() - sentBytes);
      MemorySegment mapped = part.mapped(sentBytes, lengthBytes);
      ByteBuffer block;
      if (mapped == null) {
        lengthBytes = Math.min(lengthBytes, BUFFER_BYTES);
        block = buffer(lengthBytes);
        part.read(sentBytes, block);
        block.flip();
      } else {
        block = mapped.asByteBuffer();
      }
      sum.update(block);
      channel.writeFully(block.rewind(), stallTimeout);
      sentBytes += lengthBytes;
    }
    channel.writeFully(
        ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).flip(), stallTimeout);
  }

  /** Receives a part; returns whether its checksum is right. */
  boolean receive(PartMemory part) throws IOException {
    sum.reset();
    long receivedBytes = 0;
    while (receivedBytes < part.sizeBytes()) {
      int lengthBytes = (int) Math.min(blockBytes, part.sizeBytes() - receivedBytes);
      MemorySegment mapped = part.mapped(receivedBytes, lengthBytes);
      if (mapped == null) {
        lengthBytes = Math.min(lengthBytes, BUFFER_BYTES);
        ByteBuffer block = buffer(lengthBytes);
        channel.readFully(block, stallTimeout);
        sum.update(block.flip());
        part.write(receivedBytes, block.rewind());
      } else {
        ByteBuffer block = mapped.asByteBuffer();
        channel.readFully(block, stallTimeout);
        sum.update(block.flip());
      }
      receivedBytes += lengthBytes;
    }
    ByteBuffer expected = ByteBuffer.allocate(Integer.BYTES);
    channel.readFully(expected, stallTimeout);
    return expected.getInt(0) == (int) sum.getValue();
  }

  /** Copies memory of this machine. */
  void copy(PartMemory from, PartMemory to) throws IOException {
    long copiedBytes = 0;
    while (copiedBytes < to.sizeBytes()) {
      int lengthBytes = (int) Math.min(blockBytes, to.sizeBytes() - copiedBytes);
      MemorySegment source = from.mapped(copiedBytes, lengthBytes);
      MemorySegment target = to.mapped(copiedBytes, lengthBytes);
      if (target != null && source != null) {
        target.copyFrom(source);
      } else if (target != null) {
        from.read(copiedBytes, target.asByteBuffer());
      } else if (source != null) {
        to.write(copiedBytes, source.asByteBuffer());
      } else {
        lengthBytes = Math.min(lengthBytes, BUFFER_BYTES);
        ByteBuffer block = buffer(lengthBytes);
        from.read(copiedBytes, block);
        to.write(copiedBytes, block.flip());
      }
      copiedBytes += lengthBytes;
    }
  }

  private ByteBuffer buffer(int lengthBytes) {
    return channel.buffer(BUFFER_BYTES).clear().limit(lengthBytes);
  }
}
