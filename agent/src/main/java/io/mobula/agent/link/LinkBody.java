package io.mobula.agent.link;

import io.mobula.proto.Packet;

/**
 * Tells the packets that a link keeps to itself (Hello, Welcome, Refusal, Goodbye) from the rest by
 * one byte. They carry no correlation, so the body's tag follows the addresses:
 *
 * <pre>
 *   +------------------+-----+--------+------+
 *   | addresses, 18 B  | tag | length | body |
 *   +------------------+-----+--------+------+
 * </pre>
 */
final class LinkBody {
  private static final int LENGTH_DELIMITED = 2;
  private static final int TAG_OFFSET = PacketHeader.LENGTH_BYTES;
  private static final int FIRST_TAG = tag(Packet.HELLO_FIELD_NUMBER);
  private static final int LAST_TAG = tag(Packet.GOODBYE_FIELD_NUMBER);

  private LinkBody() {}

  static boolean isOfLink(byte[] packet) {
    return packet.length > TAG_OFFSET
        && packet[TAG_OFFSET] >= FIRST_TAG
        && packet[TAG_OFFSET] <= LAST_TAG;
  }

  private static int tag(int fieldNumber) {
    return (fieldNumber << 3) | LENGTH_DELIMITED;
  }
}
