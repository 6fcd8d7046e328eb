package io.mobula.agent.link;

import io.mobula.proto.Packet;

/**
 * What carries the packets of one {@link PacketLink}: a socket or a stream. Owner thread: the
 * loop's.
 *
 * <p>It never calls the link from within one of these methods; {@link #defer} is how a failure met
 * here is told.
 */
public interface PacketTransport {
  /**
   * Takes a packet; it leaves at the end of the turn at the latest, if the peer reads.
   *
   * @param sizeBytes the packet's serialized size
   */
  void write(Packet packet, int sizeBytes);

  /** As {@link #write}, for a packet in wire form, which the caller no longer changes. */
  void writeRaw(byte[] packet);

  /** What was taken and has not left. */
  long unsentBytes();

  /** Lets what was taken go out, then closes and tells the link {@link PacketLink#onEnded}. */
  void finish();

  /** Closes now, dropping what was not sent. The link is told nothing. Idempotent. */
  void abort();

  /** Runs the action on the loop later, never within this call. */
  void defer(Runnable action);
}
