package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import java.util.ArrayList;
import java.util.List;

/** A link that keeps what is sent. */
final class FakeLink implements Link {
  final List<byte[]> sent = new ArrayList<>();
  boolean isOpen = true;

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
    if (isOpen) {
      sent.add(packet);
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
