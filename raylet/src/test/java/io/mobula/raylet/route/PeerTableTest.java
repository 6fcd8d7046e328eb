package io.mobula.raylet.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.Packet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PeerTableTest {
  private static final long OWNER = ProcessAddress.of(1, 1);
  private static final long FAR = ProcessAddress.of(2, 5);

  private final List<String> log = new ArrayList<>();
  private final PeerTable table = new PeerTable(new Recording());
  private final FakeLink link = new FakeLink();
  private long now;

  @Test
  void shouldDialWithFirstPacketAndKeepOrder() {
    alive();
    send(10);
    send(20);
    assertThat(take()).containsExactly("dial 2");
    table.dialled(2, link);
    send(30);
    assertThat(link.sent).extracting(packet -> packet.length).isSorted().hasSize(3);
  }

  @Test
  void shouldUseLinkThatTheOtherOpened() {
    alive();
    table.opened(2, link);
    send(1);
    assertThat(take()).isEmpty();
    assertThat(link.sent).hasSize(1);
  }

  @Test
  void shouldGoOnWithItsOwnDialWhenBothDial() {
    alive();
    send(1);
    FakeLink theirs = new FakeLink();
    table.opened(2, theirs);
    assertThat(theirs.sent).isEmpty();
    table.dialled(2, link);
    send(1);
    assertThat(link.sent).hasSize(2);
    table.closed(2, theirs, "closed");
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldReturnPacketsAfterThreeFailedDials() {
    alive();
    send(1);
    for (int i = 1; i < PeerTable.DIALS_MAX; i++) {
      table.dialFailed(2, "refused", now);
      now = table.nextDeadlineNanos();
      table.onTime(now);
    }
    assertThat(take()).containsExactly("dial 2", "dial 2", "dial 2");
    table.dialFailed(2, "refused", now);
    assertThat(take()).containsExactly("undeliverable: its node can't be reached: refused");
    send(1);
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldWaitForWordOfUnknownNodeThenReturnPackets() {
    send(1);
    assertThat(take()).isEmpty();
    now += PeerTable.UNKNOWN_NANOS;
    table.onTime(now);
    assertThat(take()).containsExactly("undeliverable: there is no such node");
  }

  @Test
  void shouldDialWhenUnknownNodeBecomesKnown() {
    send(1);
    alive();
    assertThat(take()).containsExactly("dial 2");
    assertThat(table.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldReturnWhatWaitsAndWhatFollowsWhenNodeIsDead() {
    alive();
    send(1);
    take();
    table.nodeDead(2, "power");
    send(1);
    assertThat(take()).containsExactly("undeliverable: power", "undeliverable: its node is dead");
    table.opened(2, link);
    assertThat(link.isOpen).isFalse();
  }

  @Test
  void shouldTellSendersWhenLinkBreaksAndDialAnew() {
    alive();
    table.opened(2, link);
    send(1);
    send(1);
    table.closed(2, link, "reset");
    assertThat(take()).containsExactly("lost 1.1 to 2.5");
    send(1);
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldReturnPacketsThatDoNotFitIntoTheQueue() {
    alive();
    int count = 65;
    for (int i = 0; i < count; i++) {
      send(1 << 20);
    }
    assertThat(take().stream().filter(line -> line.startsWith("undeliverable"))).isNotEmpty();
  }

  private void alive() {
    table.nodeAlive(NodeDescription.newBuilder().setNumber(2).build());
  }

  private void send(int sizeBytes) {
    byte[] header = Packet.newBuilder().setFrom(OWNER).setTo(FAR).build().toByteArray();
    table.send(Arrays.copyOf(header, header.length + sizeBytes), now);
  }

  private List<String> take() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  private final class Recording implements PeerEffects {
    @Override
    public void dial(NodeDescription node) {
      log.add("dial " + node.getNumber());
    }

    @Override
    public void undeliverable(byte[] packet, String reason) {
      log.add("undeliverable: " + reason);
    }

    @Override
    public void lost(long from, long to, String reason) {
      log.add("lost " + number(from) + " to " + number(to));
    }

    private String number(long address) {
      return ProcessAddress.node(address) + "." + ProcessAddress.process(address);
    }
  }
}
