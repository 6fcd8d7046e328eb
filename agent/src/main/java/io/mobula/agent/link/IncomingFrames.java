package io.mobula.agent.link;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection's bytes into packets. Holds at most one unfinished packet. Owner thread: the
 * loop's. The frame is drawn in {@link OutgoingFrames}.
 */
final class IncomingFrames {
  private static final long INCOMPLETE = -1;

  private final ByteBuffer prefix =
      ByteBuffer.allocate(OutgoingFrames.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private byte @Nullable [] packet;
  private int packetFill;

  /**
   * Takes all of the bytes, unless the link wants no more.
   *
   * @param bytes little endian
   */
  void feed(ByteBuffer bytes, PacketLink link) {
    boolean isWanted = true;
    while (isWanted && bytes.hasRemaining()) {
      byte[] current = packet;
      if (current == null) {
        long length = takeLength(bytes);
        if (length == INCOMPLETE) {
          return;
        }
        if (length < PacketHeader.LENGTH_BYTES || length > link.maxIncomingBytes()) {
          link.onBroken(
              "malformed packet: sizeBytes="
                  + length
                  + ", maxPacketBytes="
                  + link.maxIncomingBytes());
          return;
        }
        current = new byte[(int) length];
        packetFill = 0;
      }
      int count = Math.min(current.length - packetFill, bytes.remaining());
      bytes.get(current, packetFill, count);
      packetFill += count;
      if (packetFill < current.length) {
        packet = current;
        return;
      }
      packet = null;
      isWanted = link.onPacket(current);
    }
  }

  /** The next frame's length, unsigned; or that its prefix has not come whole. */
  private long takeLength(ByteBuffer bytes) {
    if (prefix.position() == 0 && bytes.remaining() >= OutgoingFrames.PREFIX_BYTES) {
      return Integer.toUnsignedLong(bytes.getInt());
    }
    while (prefix.hasRemaining() && bytes.hasRemaining()) {
      prefix.put(bytes.get());
    }
    if (prefix.hasRemaining()) {
      return INCOMPLETE;
    }
    prefix.clear();
    return Integer.toUnsignedLong(prefix.getInt(0));
  }
}
