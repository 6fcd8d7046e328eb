package io.mobula.worker.loop;

import io.mobula.proto.Packet;

/**
 * What the loop of a core worker does with what happens, in one phase of its life. Owner thread:
 * the loop.
 *
 * <pre>
 *   dialling --welcome--> {@link ConnectedPhase} --Begin--> {@link WorkingPhase} --link closed, EndJob, Close--> {@link LostPhase}
 *                                                              |
 *                                                              +--EndJob of a process that ends--> {@link LeavingPhase}
 *   any of them --the loop failed--> {@link FailedPhase}
 * </pre>
 *
 * <p>The gate that everything passes: each phase answers each message, so that nobody waits for a
 * cluster that is no longer there.
 */
interface CorePhase {
  void onMessage(CoreMessage message);

  void onPacket(Packet packet);

  /** What could not be sent before can be now. */
  void onWritable();

  /** The link to the raylet is closed, and with it this process's part in the cluster is over. */
  void onLost(String reason);

  void onTurnEnd();

  /** The loop ends. */
  void onClose();
}
