package io.mobula.raylet;

/** What reaches the raylet's loop through its mailbox. */
sealed interface RayletMessage {
  /** The servers listen: join the cluster. */
  record Join(int rpcPort, int dataPort) implements RayletMessage {}

  /** End, in order. */
  record End(String reason) implements RayletMessage {}
}
