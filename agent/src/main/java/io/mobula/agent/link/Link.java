package io.mobula.agent.link;

import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;

/**
 * An open link to one peer: packets arrive once, whole and in order, or the link closes.
 *
 * <p>Owner thread: that of the loop that opened or accepted it. Packets offered in one turn of the
 * loop leave together at the end of the turn (or earlier, when the buffer is full).
 *
 * <p>Bounds: above {@link LinkLimits#highWaterBytes()} of unsent data the link {@linkplain
 * #isCongested() is congested} and producers of bulk work wait for {@link LinkHandler#onWritable};
 * control packets still go. Above {@link LinkLimits#maxUnsentBytes()} the peer is taken for dead
 * and the link closes with a reason that says so.
 */
public interface Link {
  /** The peer's process address. */
  long peer();

  /**
   * What the peer said of itself: its {@link Hello} if it dialled, else built from its {@link
   * Welcome}.
   */
  Hello peerHello();

  /** The accepting side's welcome: the peer's if this side dialled, else the one sent. */
  Welcome welcome();

  /**
   * Sends a packet. {@code from} and {@code to} must be set.
   *
   * @return false if the link is closed (now or before); the packet is then lost and {@link
   *     LinkHandler#onClosed} was or will be called
   */
  boolean send(Packet packet);

  /**
   * Sends a packet that is already in wire form, unopened.
   *
   * @param packet not changed afterwards by the caller
   */
  boolean sendRaw(byte[] packet);

  boolean isCongested();

  boolean isOpen();

  /**
   * Sends a Goodbye after what was offered, then closes. {@link LinkHandler#onClosed} follows.
   * Idempotent.
   */
  void close(String reason);
}
