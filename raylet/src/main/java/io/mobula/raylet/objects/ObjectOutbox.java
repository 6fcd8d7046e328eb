package io.mobula.raylet.objects;

import io.mobula.proto.Packet;

/** Sends packets for the raylet's loop: to its own processes or through other raylets. */
@FunctionalInterface
public interface ObjectOutbox {

  /**
   * Sends the packet, whose addresses are set.
   *
   * @param to the addressee; a packet for a process that is dead or unknown is dropped
   */
  void send(long to, Packet packet);
}
