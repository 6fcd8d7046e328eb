package io.mobula.worker.loop;

import io.mobula.proto.Packet;

/**
 * The loop has failed by an error of its own, so that the machines can't be trusted any more.
 * Whoever waits has been told ({@link OpenWaits}); nothing else is done. Owner thread: the loop.
 */
final class FailedPhase implements CorePhase {
  @Override
  public void onMessage(CoreMessage message) {
    if (message instanceof CoreMessage.Close close) {
      close.done().complete(Boolean.TRUE);
    } else if (message instanceof CoreMessage.ArgumentsWanted wanted) {
      wanted.execution().takeBack();
    }
  }

  @Override
  public void onPacket(Packet packet) {}

  @Override
  public void onWritable() {}

  @Override
  public void onLost(String reason) {}

  @Override
  public void onTurnEnd() {}

  @Override
  public void onClose() {}
}
