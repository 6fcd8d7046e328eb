package io.mobula.worker.net;

import io.mobula.proto.Packet;

/**
 * Where a state machine puts the packets it wants sent. Loop only. Never calls back into the
 * machine before it returns.
 */
public interface Outbox {
  /** This process's address. */
  long self();

  /** The raylet of this process's node. */
  long raylet();

  /** Sends a packet; from and to are filled in. */
  void send(long to, Packet.Builder packet);

  /**
   * Sends a packet that wants an answer; the handler gets it, or learns that there will be none.
   */
  void request(long to, Packet.Builder packet, ReplyHandler handler);

  /**
   * Whether bulk work for that process should wait until the machine is told that it is writable.
   */
  boolean isCongested(long to);
}
