package io.mobula.worker.loop;

import io.mobula.proto.Packet;

/** Before the raylet's welcome: nobody has a way to the loop yet. Owner thread: the loop. */
final class DiallingPhase implements CorePhase {
  @Override
  public void onMessage(CoreMessage message) {
    throw new IllegalStateException("a message before the raylet's welcome: " + message);
  }

  @Override
  public void onPacket(Packet packet) {
    throw new IllegalStateException(
        "a packet before the raylet's welcome: " + packet.getBodyCase());
  }

  @Override
  public void onWritable() {}

  @Override
  public void onLost(String reason) {}

  @Override
  public void onTurnEnd() {}

  @Override
  public void onClose() {}
}
