package io.mobula.raylet.route;

import io.mobula.proto.NodeDescription;

/**
 * Carries out what {@link PeerTable} decides. Those who are told of a loss may send at once,
 * through the table too; a dial answers later.
 */
public interface PeerEffects {
  /** Open a link to that node's raylet; answer with opened or dialFailed. */
  void dial(NodeDescription node);

  /** That packet can't be delivered: tell its sender. */
  void undeliverable(byte[] packet, String reason);

  /** That node can't be reached and is given up; {@link #lost} follows for who is concerned. */
  void givenUp(int node, String reason);

  /**
   * Packets from one process to the other may have been lost, and more are not to be expected to
   * arrive in time: tell the sender.
   */
  void lost(long from, long to, String reason);
}
