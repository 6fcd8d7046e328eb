package io.mobula.agent.link;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the two addresses at the front of a packet's wire form without parsing it. The drawing is
 * in packet.proto.
 */
public final class PacketHeader {
  /** Length of the two address fields. */
  public static final int LENGTH_BYTES = 18;

  private static final int FROM_TAG_OFFSET = 0;
  private static final int FROM_OFFSET = 1;
  private static final int TO_TAG_OFFSET = 9;
  private static final int TO_OFFSET = 10;
  private static final byte FROM_TAG = 0x09;
  private static final byte TO_TAG = 0x11;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PacketHeader() {}

  /** Whether the packet begins with both addresses, as every packet must. */
  public static boolean isWellFormed(byte[] packet) {
    return packet.length >= LENGTH_BYTES
        && packet[FROM_TAG_OFFSET] == FROM_TAG
        && packet[TO_TAG_OFFSET] == TO_TAG;
  }

  public static long from(byte[] packet) {
    return (long) LONG.get(packet, FROM_OFFSET);
  }

  public static long to(byte[] packet) {
    return (long) LONG.get(packet, TO_OFFSET);
  }
}
