package io.mobula.raylet.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.Packet;
import io.mobula.proto.StreamBegin;
import io.mobula.proto.StreamReceived;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PeerTableTest {
  private static final long GRACE_NANOS = 30_000_000_000L;
  private static final long OWNER = ProcessAddress.of(1, 1);
  private static final long FAR = ProcessAddress.of(2, 5);

  private final List<String> log = new ArrayList<>();
  private final PeerTable table = new PeerTable(1, GRACE_NANOS, new Recording());
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
    assertThat(beginnings(link)).containsExactly("epoch 1 beginning 1 first 1");
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
    table.closed(2, theirs, now);
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldUseTheOthersLinkWhenItsOwnDialFails() {
    alive();
    send(1);
    FakeLink theirs = new FakeLink();
    table.opened(2, theirs);
    table.dialFailed(2, "refused", now);
    assertThat(theirs.sent).hasSize(1);
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldGoOnOverTheOthersLinkWhenItsOwnBreaks() {
    alive();
    send(1);
    table.dialled(2, link);
    FakeLink theirs = new FakeLink();
    table.opened(2, theirs);
    table.closed(2, link, now);
    assertThat(theirs.sent).hasSize(1);
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldReturnPacketsWhenNewNodeCanNotBeDialledForAWhile() {
    alive();
    send(1);
    failDialsFor(PeerTable.NEW_NANOS);
    table.dialFailed(2, "refused", now);
    assertThat(take())
        .containsOnlyOnce("given up 2", "lost 1.1 to 2.5: its node can't be reached: refused");
    send(1);
    assertThat(take()).containsExactly("dial 2");
  }

  @Test
  void shouldDialLongerWhenThereWasALink() {
    alive();
    table.opened(2, link);
    send(1);
    table.closed(2, link, now);
    failDialsFor(GRACE_NANOS);
    assertThat(take()).isNotEmpty().containsOnly("dial 2");
    table.dialFailed(2, "refused", now);
    assertThat(take())
        .containsExactly("given up 2", "lost 1.1 to 2.5: its node can't be reached: refused");
  }

  @Test
  void shouldWaitForWordOfUnknownNodeThenReturnPackets() {
    send(1);
    assertThat(take()).isEmpty();
    now += PeerTable.UNKNOWN_NANOS;
    table.onTime(now);
    assertThat(take()).containsExactly("given up 2", "lost 1.1 to 2.5: there is no such node");
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
  void shouldLeaveWhatWasSentToTheNewsOfTheNodesDeath() {
    alive();
    table.opened(2, link);
    send(1);
    table.nodeDead(2, "power");
    assertThat(take()).isEmpty();
    assertThat(link.isOpen).isFalse();
  }

  @Test
  void shouldSendAgainWhatWasNotAcknowledgedWhenLinkBreaks() {
    alive();
    table.opened(2, link);
    send(1);
    send(2);
    send(3);
    acknowledge(2);
    table.closed(2, link, now);
    assertThat(take()).containsExactly("dial 2");
    FakeLink next = new FakeLink();
    table.dialled(2, next);
    assertThat(beginnings(next)).containsExactly("epoch 1 beginning 2 first 3");
    assertThat(next.sent).containsExactly(link.sent.get(2));
  }

  @Test
  void shouldRestWhenLinkBreaksAndNothingIsKept() {
    alive();
    table.opened(2, link);
    send(1);
    acknowledge(1);
    table.closed(2, link, now);
    assertThat(take()).isEmpty();
  }

  @Test
  void shouldPassOnEachPacketOnceOverTwoLinks() {
    alive();
    table.opened(2, link);
    begin(link, 1, 1, 1);
    assertThat(accept(link)).isTrue();
    assertThat(accept(link)).isTrue();
    FakeLink next = new FakeLink();
    table.opened(2, next);
    begin(next, 1, 2, 1);
    assertThat(accept(link)).as("over the older link").isFalse();
    assertThat(accept(next)).as("1 again").isFalse();
    assertThat(accept(next)).as("2 again").isFalse();
    assertThat(accept(next)).as("3").isTrue();
    begin(link, 1, 1, 1);
    assertThat(accept(link)).as("an older beginning").isFalse();
  }

  @Test
  void shouldAcknowledgeAtBeginningsAndAfterManyPackets() {
    alive();
    table.opened(2, link);
    begin(link, 1, 1, 1);
    for (int i = 0; i < IncomingStream.UNACKNOWLEDGED_PACKETS_MAX; i++) {
      accept(link);
    }
    assertThat(receipts(link))
        .containsExactly(
            "epoch 1 count 0", "epoch 1 count " + IncomingStream.UNACKNOWLEDGED_PACKETS_MAX);
  }

  @Test
  void shouldGiveUpWhenTheOtherHasGivenUp() {
    alive();
    table.opened(2, link);
    send(1);
    begin(link, 1, 1, 1);
    accept(link);
    begin(link, 2, 2, 1);
    assertThat(take())
        .containsExactly(
            "given up 2", "lost 1.1 to 2.5: its node could not reach this one, and gave it up");
    assertThat(beginnings(link))
        .containsExactly("epoch 1 beginning 1 first 1", "epoch 2 beginning 2 first 1");
    assertThat(accept(link)).as("the first of the new epoch").isTrue();
  }

  @Test
  void shouldTakeNothingOfAnEpochThatIsOver() {
    alive();
    send(1);
    failDialsFor(PeerTable.NEW_NANOS);
    table.dialFailed(2, "refused", now);
    take();
    table.opened(2, link);
    begin(link, 1, 1, 1);
    assertThat(accept(link)).isFalse();
    assertThat(beginnings(link)).containsExactly("epoch 2 beginning 1 first 1");
    begin(link, 2, 2, 1);
    assertThat(accept(link)).isTrue();
    assertThat(take()).isEmpty();
  }

  @Test
  void shouldKeepWhatWaitsWhenBothHaveGivenUpAndTheOtherMoreOften() {
    alive();
    send(1);
    failDialsFor(PeerTable.NEW_NANOS);
    table.dialFailed(2, "refused", now);
    send(1);
    take();

    table.dialled(2, link);
    begin(link, 4, 1, 1);

    assertThat(take()).isEmpty();
    assertThat(beginnings(link))
        .containsExactly("epoch 2 beginning 1 first 1", "epoch 4 beginning 2 first 1");
    assertThat(link.sent).as("sent in vain, and again").hasSize(2);
    assertThat(accept(link)).isTrue();
    begin(link, 5, 2, 1);
    assertThat(take()).as("told when something had come").hasSize(2);
  }

  @Test
  void shouldGiveUpWhenTheOtherHasReceivedBeforeItGaveUp() {
    alive();
    table.opened(2, link);
    send(1);
    StreamBegin.Builder begin =
        StreamBegin.newBuilder().setEpoch(2).setBeginning(1).setFirst(1).setReceivedEpoch(1);
    table.accept(2, link, ofTable().setStreamBegin(begin).build().toByteArray());
    assertThat(take()).hasSize(2);
    assertThat(table.keptBytes(2)).isZero();
  }

  @Test
  void shouldGiveUpWhenTooMuchIsKept() {
    alive();
    table.opened(2, link);
    link.isForgetful = true;
    int pieceBytes = 16 << 20;
    send(1_000);
    assertThat(table.backlogs()).isEmpty();
    send(pieceBytes);
    assertThat(table.backlogs()).containsExactly(Map.entry(2, table.keptBytes(2)));
    for (long sent = pieceBytes; sent < PeerTable.KEPT_BYTES_MAX; sent += pieceBytes) {
      send(pieceBytes);
    }
    assertThat(take()).hasSize(2).last().asString().startsWith("lost 1.1 to 2.5: too much waits");
    assertThat(table.keptBytes(2)).isZero();
    assertThat(table.backlogs()).isEmpty();
    assertThat(beginnings(link)).last().isEqualTo("epoch 2 beginning 2 first 1");
  }

  @Test
  void shouldCloseLinkOfPeerThatAcknowledgesTooMuch() {
    alive();
    table.opened(2, link);
    send(1);
    acknowledge(2);
    assertThat(link.isOpen).isFalse();
  }

  /** Fails each dial at once, until the patience is over but for the last. */
  private void failDialsFor(long patienceNanos) {
    long end = now + patienceNanos;
    while (now < end) {
      table.dialFailed(2, "refused", now);
      now = table.nextDeadlineNanos();
      table.onTime(now);
    }
  }

  private void alive() {
    table.nodeAlive(NodeDescription.newBuilder().setNumber(2).build(), now);
  }

  private void send(int sizeBytes) {
    table.send(packet(OWNER, FAR, sizeBytes), now);
  }

  private boolean accept(FakeLink from) {
    return table.accept(2, from, packet(FAR, OWNER, 1));
  }

  private static byte[] packet(long from, long to, int sizeBytes) {
    byte[] header = Packet.newBuilder().setFrom(from).setTo(to).build().toByteArray();
    return Arrays.copyOf(header, header.length + sizeBytes);
  }

  private void begin(FakeLink from, long epoch, long beginning, long first) {
    StreamBegin.Builder begin =
        StreamBegin.newBuilder().setEpoch(epoch).setBeginning(beginning).setFirst(first);
    assertThat(table.accept(2, from, ofTable().setStreamBegin(begin).build().toByteArray()))
        .isFalse();
  }

  private void acknowledge(long count) {
    StreamReceived.Builder received = StreamReceived.newBuilder().setEpoch(1).setCount(count);
    table.accept(2, link, ofTable().setStreamReceived(received).build().toByteArray());
  }

  private static Packet.Builder ofTable() {
    return Packet.newBuilder().setFrom(ProcessAddress.of(2, 0)).setTo(ProcessAddress.of(1, 0));
  }

  private static List<String> beginnings(FakeLink of) {
    return parsed(of).stream()
        .filter(Packet::hasStreamBegin)
        .map(Packet::getStreamBegin)
        .map(begin ->
            "epoch %d beginning %d first %d"
                .formatted(begin.getEpoch(), begin.getBeginning(), begin.getFirst()))
        .toList();
  }

  private static List<String> receipts(FakeLink of) {
    return parsed(of).stream()
        .filter(Packet::hasStreamReceived)
        .map(Packet::getStreamReceived)
        .map(each -> "epoch %d count %d".formatted(each.getEpoch(), each.getCount()))
        .toList();
  }

  private static List<Packet> parsed(FakeLink of) {
    List<Packet> packets = new ArrayList<>();
    for (byte[] bytes : of.ofTable) {
      try {
        packets.add(Packet.parseFrom(bytes));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
    return packets;
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
    public void givenUp(int node, String reason) {
      log.add("given up " + node);
    }

    @Override
    public void lost(long from, long to, String reason) {
      log.add("lost " + number(from) + " to " + number(to) + ": " + reason);
    }

    private String number(long address) {
      return ProcessAddress.node(address) + "." + ProcessAddress.process(address);
    }
  }
}
