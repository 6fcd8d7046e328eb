package io.mobula.raylet.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.PacketHeader;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Two raylets' tables and a network that breaks, played from a seed: links carry a part of what was
 * sent and end at both sides at different times, dials fail, cross, and come late.
 */
final class PeerStreamHistoryTest {
  private static final int HISTORIES = Integer.getInteger("mobula.histories", 3_000);
  private static final long FIRST_SEED = Long.getLong("mobula.histories.seed", 1L);
  private static final int STEPS = 400;
  private static final long SECOND_NANOS = 1_000_000_000L;

  @Test
  void shouldDeliverEverythingOnceAndInOrderWhenLinksBreak() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      World world = new World(seed, false);
      world.play();
      assertThat(world.undelivered()).as("undelivered, seed %d", seed).isEmpty();
      assertThat(world.told).as("told of losses, seed %d", seed).isEmpty();
    }
  }

  @Test
  void shouldDeliverOnceOrTellTheSenderWhenANodeCanNotBeReachedForLong() {
    int givenUp = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      World world = new World(seed, true);
      world.play();
      for (long id : world.undelivered()) {
        assertThat(world.told).as("told of packet %d, seed %d", id, seed).contains(id);
      }
      givenUp += world.told.isEmpty() ? 0 : 1;
    }
    assertThat(givenUp).as("histories in which one gave up").isGreaterThan(HISTORIES / 20);
  }

  /** The network, and what has been sent and told. */
  private static final class World {
    final long seed;
    final Random random;
    final boolean isCutForLong;
    final Side[] sides = {new Side(this, 1), new Side(this, 2)};
    final List<Wire> wires = new ArrayList<>();

    /** Packets whose sender was told, before or with others, that they may be lost. */
    final Set<Long> told = new HashSet<>();

    final Map<Long, Long> pairOf = new HashMap<>();
    final Set<Long> delivered = new HashSet<>();
    final Map<Integer, Long> lastFrom = new HashMap<>();
    long now;
    long packets;
    boolean isCut;

    World(long seed, boolean isCutForLong) {
      this.seed = seed;
      this.random = new Random(seed);
      this.isCutForLong = isCutForLong;
    }

    void play() {
      if (!isCutForLong) {
        // They know each other and were linked: patience with what breaks is longer than a history.
        tell(sides[0]);
        tell(sides[1]);
        send(sides[0]);
        answerDial(sides[0], false);
      }
      for (int i = 0; i < STEPS; i++) {
        step();
      }
      heal();
    }

    private void step() {
      Side side = sides[random.nextInt(2)];
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> send(side);
        case 3, 4, 5, 6 -> deliverSome();
        case 7 -> answerDial(side, isCut || random.nextInt(4) == 0);
        case 8 -> tell(side);
        case 9 -> pass(random.nextInt(4) == 0 ? SECOND_NANOS / 2 : SECOND_NANOS / 50);
        case 10 -> {
          if (!wires.isEmpty() && random.nextInt(3) == 0) {
            wires.get(random.nextInt(wires.size())).breakOff(random);
          }
        }
        default -> {
          if (isCutForLong && random.nextInt(4) == 0) {
            isCut = !isCut;
            wires.forEach(wire -> wire.breakOff(random));
          } else if (isCutForLong && isCut) {
            pass(10 * SECOND_NANOS);
          }
        }
      }
    }

    /** The network is whole again: everything that can come comes. */
    private void heal() {
      isCut = false;
      for (int round = 0; round < 400; round++) {
        for (Side side : sides) {
          tell(side);
          answerDial(side, false);
        }
        for (Wire wire : List.copyOf(wires)) {
          wire.deliver(0, Integer.MAX_VALUE);
          wire.deliver(1, Integer.MAX_VALUE);
        }
        pass(SECOND_NANOS / 5);
        if (round % 50 == 0) {
          send(sides[0]);
          send(sides[1]);
        }
      }
      for (int i = 0; i < 2; i++) {
        // What is kept is what was not acknowledged: little.
        assertThat(sides[i].table.keptBytes(2 - i)).as("kept, seed %d", seed).isLessThan(20_000);
        assertThat(sides[i].table.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
      }
    }

    Set<Long> undelivered() {
      Set<Long> missing = new HashSet<>(pairOf.keySet());
      missing.removeAll(delivered);
      return missing;
    }

    private void send(Side side) {
      long id = ++packets;
      long from = ProcessAddress.of(side.node, 1 + random.nextInt(2));
      long to = ProcessAddress.of(side.other(), 1 + random.nextInt(2));
      byte[] header = Packet.newBuilder().setFrom(from).setTo(to).build().toByteArray();
      byte[] packet = Arrays.copyOf(header, header.length + 1 + Long.BYTES);
      ByteBuffer.wrap(packet).putLong(header.length + 1, id);
      pairOf.put(id, from * 31 + to);
      side.table.send(packet, now);
    }

    void arrived(Side at, byte[] packet) {
      long id = idOf(packet);
      assertThat(delivered.add(id)).as("packet %d came once, seed %d", id, seed).isTrue();
      long before = lastFrom.getOrDefault(at.other(), 0L);
      assertThat(id).as("order, seed %d", seed).isGreaterThan(before);
      lastFrom.put(at.other(), id);
    }

    static long idOf(byte[] packet) {
      return ByteBuffer.wrap(packet).getLong(PacketHeader.LENGTH_BYTES + 1);
    }

    private void deliverSome() {
      if (!wires.isEmpty()) {
        Wire wire = wires.get(random.nextInt(wires.size()));
        wire.deliver(random.nextInt(2), 1 + random.nextInt(5));
      }
    }

    private void answerDial(Side side, boolean fails) {
      if (side.dials == 0) {
        return;
      }
      side.dials--;
      if (fails) {
        side.table.dialFailed(side.other(), "refused", now);
        return;
      }
      Wire wire = new Wire(this, side, sides[side.other() - 1]);
      wires.add(wire);
      // Either side may hear first.
      if (random.nextBoolean()) {
        wire.acceptor().table.opened(side.node, wire.ends[1]);
        side.table.dialled(side.other(), wire.ends[0]);
      } else {
        side.table.dialled(side.other(), wire.ends[0]);
        wire.acceptor().table.opened(side.node, wire.ends[1]);
      }
    }

    private void tell(Side side) {
      side.table.nodeAlive(NodeDescription.newBuilder().setNumber(side.other()).build(), now);
    }

    private void pass(long nanos) {
      now += nanos;
      for (Side side : sides) {
        if (side.table.nextDeadlineNanos() <= now) {
          side.table.onTime(now);
        }
      }
    }
  }

  private static final class Side implements PeerEffects {
    final World world;
    final int node;
    final PeerTable table;
    int dials;

    Side(World world, int node) {
      this.world = world;
      this.node = node;
      this.table = new PeerTable(node, 30 * SECOND_NANOS, this);
    }

    int other() {
      return 3 - node;
    }

    @Override
    public void dial(NodeDescription description) {
      dials++;
    }

    @Override
    public void undeliverable(byte[] packet, String reason) {
      throw new AssertionError("nobody died: " + reason);
    }

    @Override
    public void givenUp(int other, String reason) {
      assertThat(world.isCutForLong).as(reason).isTrue();
    }

    @Override
    public void lost(long from, long to, String reason) {
      world.pairOf.forEach((id, pair) -> {
        if (pair == from * 31 + to) {
          world.told.add(id);
        }
      });
    }
  }

  /** A link, with what is under way on it. */
  private static final class Wire {
    final World world;
    final Side[] sides;
    final End[] ends;
    final List<ArrayDeque<byte[]>> underWay = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    boolean isBroken;
    final boolean[] hasEnded = new boolean[2];

    Wire(World world, Side dialler, Side acceptor) {
      this.world = world;
      this.sides = new Side[] {dialler, acceptor};
      this.ends = new End[] {new End(this, 0), new End(this, 1)};
    }

    Side acceptor() {
      return sides[1];
    }

    /** A part of what is under way in each direction still comes. */
    void breakOff(Random random) {
      if (!isBroken) {
        isBroken = true;
        for (ArrayDeque<byte[]> queue : underWay) {
          int arrives = random.nextInt(queue.size() + 1);
          while (queue.size() > arrives) {
            queue.removeLast();
          }
        }
      }
    }

    /** Delivers to one end; its end too, after the last packet. */
    void deliver(int to, int count) {
      ArrayDeque<byte[]> queue = underWay.get(to);
      for (int i = 0; i < count && !queue.isEmpty() && !hasEnded[to]; i++) {
        byte[] packet = queue.removeFirst();
        if (sides[to].table.accept(sides[1 - to].node, ends[to], packet)) {
          world.arrived(sides[to], packet);
        }
      }
      if (isBroken && queue.isEmpty() && !hasEnded[to]) {
        hasEnded[to] = true;
        sides[to].table.closed(sides[1 - to].node, ends[to], world.now);
        if (hasEnded[1 - to]) {
          world.wires.remove(this);
        }
      }
    }
  }

  private record End(Wire wire, int index) implements Link {
    @Override
    public long peer() {
      return ProcessAddress.of(wire.sides[1 - index].node, 0);
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

    /** Into the void, if it is broken and this side does not know. */
    @Override
    public boolean sendRaw(byte[] packet) {
      if (wire.hasEnded[index]) {
        return false;
      }
      if (!wire.isBroken) {
        wire.underWay.get(1 - index).addLast(packet);
      }
      return true;
    }

    @Override
    public boolean isCongested() {
      return false;
    }

    @Override
    public boolean isOpen() {
      return !wire.hasEnded[index];
    }

    @Override
    public void close(String reason) {
      throw new AssertionError("closed by the table: " + reason + ", seed " + wire.world.seed);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
