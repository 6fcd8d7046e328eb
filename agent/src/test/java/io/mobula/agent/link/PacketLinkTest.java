package io.mobula.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.LoopOwner;
import io.mobula.agent.loop.ManualLoop;
import io.mobula.agent.loop.VirtualClock;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.Undeliverable;
import io.mobula.proto.Welcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The state machine of links, over queues. */
final class PacketLinkTest {
  private static final Path SOCKET = Path.of("/node/raylet.sock");
  private static final LinkIdentity OLD = new LinkIdentity(1, "0.1.0", 11);
  private static final LinkIdentity NEW = new LinkIdentity(2, "0.2.0", 22);

  private final MemoryNetwork network = new MemoryNetwork();
  private final ManualLoop<Runnable> loop =
      ManualLoop.start(new LinkPeer("loop"), new VirtualClock());
  private final Recorder server = new Recorder();
  private final Recorder client = new Recorder();

  @Test
  void shouldNameBothVersionsWhenServerIsNewer() throws Exception {
    assertRefused(OLD, NEW, "mine=2 (Mobula 0.2.0), peer's=1 (Mobula 0.1.0)");
  }

  @Test
  void shouldNameBothVersionsWhenServerIsOlder() throws Exception {
    assertRefused(NEW, OLD, "mine=1 (Mobula 0.1.0), peer's=2 (Mobula 0.2.0)");
  }

  @Test
  void shouldRefuseOnItsOwnWhenServerWelcomesAnotherVersion() throws Exception {
    Transport transport = new Transport();
    PacketLink link = PacketLink.dialling(transport, context(NEW), "path=x", hello(), client);
    link.onConnected();
    assertThat(transport.sent().hasHello()).isTrue();
    link.onPacket(
        Packet.newBuilder()
            .setFrom(1)
            .setTo(2)
            .setWelcome(Welcome.newBuilder().setProtocolVersion(1).setSoftwareVersion("0.1.0"))
            .build()
            .toByteArray());
    assertThat(client.refused.get().getMessage())
        .contains("mine=2 (Mobula 0.2.0), peer's=1 (Mobula 0.1.0)");
    assertThat(transport.sent().getGoodbye().getReason()).contains("peer's=1");
    link.onEnded("closed");
    assertThat(client.events).containsExactly("refused");
    assertThat(loop.timerCount()).isZero();
  }

  @Test
  void shouldSayWhyWhenPeerSendsMalformedPacket() throws Exception {
    Transport transport = new Transport();
    PacketLink link = welcomed(transport);
    assertThat(link.onPacket(new byte[30])).isFalse();
    assertThat(transport.sent().getGoodbye().getReason()).contains("malformed packet");
    assertThat(link.isOpen()).isFalse();
    link.onEnded("closed");
    assertThat(client.closed.get()).contains("malformed packet");
  }

  @Test
  void shouldCloseWhenPeerGreetsTwice() throws Exception {
    Transport transport = new Transport();
    PacketLink link = welcomed(transport);
    link.onPacket(Packet.newBuilder().setFrom(1).setTo(2).setHello(hello()).build().toByteArray());
    assertThat(transport.sent().getGoodbye().getReason()).contains("HELLO on an open link");
    assertThat(client.packets).isEmpty();
  }

  @Test
  void shouldPassOnWhenPacketIsOfNoLink() throws Exception {
    PacketLink link = welcomed(new Transport());
    byte[] packet =
        Packet.newBuilder()
            .setFrom(1)
            .setTo(2)
            .setUndeliverable(Undeliverable.newBuilder().setAddress(9))
            .build()
            .toByteArray();
    link.onPacket(packet);
    link.onPacket(LinkPeer.numbered(1, 2, 5).toByteArray());
    link.onPacket(Packet.newBuilder().setFrom(1).setTo(2).build().toByteArray());
    assertThat(client.packets).hasSize(3).first().isSameAs(packet);
  }

  @Test
  void shouldForceEndWhenPeerDoesNotReadGoodbye() throws Exception {
    Transport transport = new Transport();
    PacketLink link = welcomed(transport);
    link.close("enough");
    assertThat(transport.isFinished).isTrue();
    assertThat(client.closed).isNotDone();
    loop.advance(LinkLimits.DEFAULT.handshakeTimeoutNanos());
    assertThat(client.closed.get()).isEqualTo("enough");
    assertThat(transport.isAborted).isTrue();
  }

  private PacketLink welcomed(Transport transport) {
    PacketLink link = PacketLink.dialling(transport, context(NEW), "path=x", hello(), client);
    link.onConnected();
    link.onPacket(
        Packet.newBuilder()
            .setFrom(1)
            .setTo(2)
            .setWelcome(Welcome.newBuilder().setProtocolVersion(2).setAddress(1).setAssigned(2))
            .build()
            .toByteArray());
    assertThat(client.events).containsExactly("open");
    return link;
  }

  private void assertRefused(LinkIdentity dialling, LinkIdentity listening, String message)
      throws Exception {
    MemoryLinks serverLinks =
        new MemoryLinks(network, LoopOwner.ofCurrentThread(), context(listening));
    MemoryLinks clientLinks =
        new MemoryLinks(network, LoopOwner.ofCurrentThread(), context(dialling));
    serverLinks.listen(SOCKET, LinkPeer.accepting(1, server));
    clientLinks.connect(SOCKET, hello(), client);
    while (clientLinks.hasWork() || serverLinks.hasWork()) {
      clientLinks.dispatch();
      clientLinks.flush();
      serverLinks.dispatch();
      serverLinks.flush();
    }
    assertThat(client.refused.get().getKind()).isEqualTo(FailureKind.PROTOCOL_VERSION);
    assertThat(client.refused.get().getMessage()).contains(message);
    assertThat(server.events).isEmpty();
    assertThat(serverLinks.linkCount() + clientLinks.linkCount()).isZero();
    assertThat(loop.timerCount()).isZero();
  }

  private LinkContext context(LinkIdentity identity) {
    return new LinkContext(loop.context().timers(), LinkLimits.DEFAULT, identity);
  }

  private static Hello hello() {
    return LinkPeer.hello(2);
  }

  /** Keeps the last packet. */
  private static final class Transport implements PacketTransport {
    private Packet last = Packet.getDefaultInstance();
    private boolean isFinished;
    private boolean isAborted;

    Packet sent() {
      return last;
    }

    @Override
    public void write(Packet packet, int sizeBytes) {
      last = packet;
    }

    @Override
    public void writeRaw(byte[] packet) {
      throw new AssertionError("not raw");
    }

    @Override
    public long unsentBytes() {
      return 0;
    }

    @Override
    public void finish() {
      isFinished = true;
    }

    @Override
    public void abort() {
      isAborted = true;
    }

    @Override
    public void defer(Runnable action) {
      throw new AssertionError("nothing to defer");
    }
  }
}
