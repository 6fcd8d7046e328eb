package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import java.util.ArrayList;
import java.util.List;

/** A link that keeps what is sent: what the tables tell each other, and the rest. */
final class FakeLink implements Link {
  final List<byte[]> sent = new ArrayList<>();
  final List<byte[]> ofTable = new ArrayList<>();
  boolean isOpen = true;

  /** Keeps nothing, so that much can be sent. */
  boolean isForgetful;

  @Override
  public long peer() {
    return 0;
  }

  @Override
  public Hello peerHello() {
    return Hello.getDefaultInstance();
  }

  @Override
  public Welcome welcome() {
    return Welcome.getDefaultInstance();
  }

  @Override
  public boolean send(Packet packet) {
    return sendRaw(packet.toByteArray());
  }

  @Override
  public boolean sendRaw(byte[] packet) {
    if (isOpen && !(isForgetful && !PeerBody.isOfTable(packet))) {
      (PeerBody.isOfTable(packet) ? ofTable : sent).add(packet);
    }
    return isOpen;
  }

  @Override
  public boolean isCongested() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return isOpen;
  }

  @Override
  public void close(String reason) {
    isOpen = false;
  }
}
