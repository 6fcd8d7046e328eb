package io.mobula.raylet.route;

import io.mobula.proto.NodeDescription;

/**
 * Carries out what {@link PeerTable} decides. None of these may call back into the table before it
 * returns.
 */
public interface PeerEffects {
  /** Open a link to that node's raylet; answer with opened or dialFailed. */
  void dial(NodeDescription node);

  /** That packet can't be delivered: tell its sender. */
  void undeliverable(byte[] packet, String reason);

  /** Packets from one process to the other may have been lost: tell the sender. */
  void lost(long from, long to, String reason);
}
