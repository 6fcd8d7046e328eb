package io.mobula.rpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.mobula.proto.Goodbye;
import io.mobula.proto.Packet;
import io.mobula.rpc.proto.LinkFrame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link LinkFrame} without the message objects: packets are written straight into the frame's
 * bytes and read straight out of them.
 *
 * <pre>
 *   +------+----------------+--------+------+----------------+-----
 *   | 0x0A | length, varint | packet | 0x0A | length, varint | ...
 *   +------+----------------+--------+------+----------------+-----
 * </pre>
 */
final class PacketFrame {
  /** Reads and writes the method's messages. */
  static final MethodDescriptor.Marshaller<PacketFrame> MARSHALLER = new FrameMarshaller();

  /** Packets of a frame together, unless one alone is larger. */
  static final int MAX_BYTES = 128 << 10;

  private static final int TAG =
      LinkFrame.PACKETS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final byte[] bytes;
  private final CodedOutputStream out;
  private final List<byte[]> packets;
  private int sizeBytes;

  /** An empty frame to fill. */
  PacketFrame(int capacityBytes) {
    this.bytes = new byte[capacityBytes];
    this.out = CodedOutputStream.newInstance(bytes);
    this.packets = List.of();
  }

  private PacketFrame(List<byte[]> packets) {
    this.bytes = new byte[0];
    this.out = CodedOutputStream.newInstance(bytes);
    this.packets = packets;
  }

  /** A frame with a goodbye alone, for when no loop is left to send it. */
  static PacketFrame goodbye(String reason) {
    byte[] packet =
        Packet.newBuilder()
            .setFrom(0)
            .setTo(0)
            .setGoodbye(Goodbye.newBuilder().setReason(reason))
            .build()
            .toByteArray();
    PacketFrame frame = new PacketFrame(frameBytes(packet.length));
    frame.addRaw(packet);
    return frame;
  }

  /** How much of a frame a packet takes. */
  static int frameBytes(int packetBytes) {
    return 1 + CodedOutputStream.computeUInt32SizeNoTag(packetBytes) + packetBytes;
  }

  /** The packets of a frame that was received. */
  List<byte[]> packets() {
    return packets;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  boolean hasRoom(int frameBytes) {
    return bytes.length - sizeBytes >= frameBytes;
  }

  void add(Packet packet, int packetBytes) {
    try {
      out.writeUInt32NoTag(TAG);
      out.writeUInt32NoTag(packetBytes);
      packet.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("frame has no room: packetBytes=" + packetBytes, e);
    }
    sizeBytes += frameBytes(packetBytes);
  }

  void addRaw(byte[] packet) {
    try {
      out.writeUInt32NoTag(TAG);
      out.writeUInt32NoTag(packet.length);
      out.writeRawBytes(packet);
    } catch (IOException e) {
      throw new UncheckedIOException("frame has no room: packetBytes=" + packet.length, e);
    }
    sizeBytes += frameBytes(packet.length);
  }

  private static final class FrameMarshaller implements MethodDescriptor.Marshaller<PacketFrame> {
    @Override
    public InputStream stream(PacketFrame frame) {
      return new FrameStream(frame);
    }

    @Override
    public PacketFrame parse(InputStream stream) {
      List<byte[]> packets = new ArrayList<>();
      try {
        CodedInputStream in = CodedInputStream.newInstance(stream);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (tag == TAG) {
            packets.add(in.readByteArray());
          } else if (!in.skipField(tag)) {
            throw new IOException("unexpected end of a group: tag=" + tag);
          }
        }
      } catch (IOException e) {
        throw Status.INTERNAL
            .withDescription("malformed frame: " + e.getMessage())
            .withCause(e)
            .asRuntimeException();
      }
      return new PacketFrame(packets);
    }
  }

  private static final class FrameStream extends ByteArrayInputStream
      implements KnownLength, Drainable {
    FrameStream(PacketFrame frame) {
      super(frame.bytes, 0, frame.sizeBytes);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int count = available();
      target.write(buf, pos, count);
      pos += count;
      return count;
    }
  }
}
