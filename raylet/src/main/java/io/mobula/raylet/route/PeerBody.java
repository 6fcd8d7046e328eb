package io.mobula.raylet.route;

import io.mobula.agent.link.PacketHeader;
import io.mobula.proto.Packet;

/**
 * Tells the packets that two raylets' {@link PeerTable}s send each other from all that they carry,
 * by one byte: such a packet has no correlation, so the body's tag follows the addresses.
 */
final class PeerBody {
  private static final int LENGTH_DELIMITED = 2;
  private static final int TAG_OFFSET = PacketHeader.LENGTH_BYTES;
  private static final int STREAM_BEGIN = tag(Packet.STREAM_BEGIN_FIELD_NUMBER);
  private static final int STREAM_RECEIVED = tag(Packet.STREAM_RECEIVED_FIELD_NUMBER);

  private PeerBody() {}

  static boolean isOfTable(byte[] packet) {
    return packet.length > TAG_OFFSET
        && (packet[TAG_OFFSET] == STREAM_BEGIN || packet[TAG_OFFSET] == STREAM_RECEIVED);
  }

  private static int tag(int fieldNumber) {
    return (fieldNumber << 3) | LENGTH_DELIMITED;
  }
}
