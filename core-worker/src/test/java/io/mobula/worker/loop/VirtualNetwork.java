package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The links of a virtual cluster and what is under way on them. A link carries packets in order;
 * which link delivers next is left to chance, so packets that take different ways overtake each
 * other. The ways are those of a cluster: straight between two processes of a node, else by the
 * raylets; what the GCS says comes by the raylet too.
 *
 * <p>Who dies leaves what it had written behind, up to some packet, and then the end of the link.
 *
 * <p>A hostile network also repeats packets that may be repeated, at once or much later, and lets
 * some overtake others on one link.
 */
final class VirtualNetwork {
  /** Where packets come out. */
  interface Station {
    void onPacket(Packet packet);

    /** Nothing more comes from that end: it is dead. */
    void onLinkEnd(long from);

    /** The other end lives and has given this one up: what was under way is lost. */
    default void onGivenUp(long from) {
      throw new AssertionError("given up by " + from);
    }
  }

  /** A link in one direction. */
  private record Way(long from, long to) {}

  /** A packet; or, without one, the end of the link or its new beginning. */
  private record Item(@Nullable Packet packet, boolean isBeginning) {
    static final Item END = new Item(null, false);
    static final Item BEGINNING = new Item(null, true);
  }

  /** A packet that comes again one day. */
  private record Repeated(Way way, Packet packet) {}

  /** One in so many packets is repeated, or overtakes, in a hostile network. */
  private static final int HOSTILE_ONE_IN = 6;

  /** One in so many links is slow. */
  private static final int SLOW_ONE_IN = 4;

  /** How often another link is tried instead of a slow one. */
  private static final int SLOWNESS = 4;

  private final boolean isHostile;
  private final Map<Way, ArrayDeque<Item>> ways = new LinkedHashMap<>();
  private final Set<Way> slow = new HashSet<>();

  /** Ways to a raylet that takes nothing until its partner knows that it is given up. */
  private final Set<Way> muted = new HashSet<>();

  private final List<Repeated> repeated = new ArrayList<>();
  private final Map<Long, Station> stations = new LinkedHashMap<>();
  private final HistoryTrace trace;
  private RandomGenerator random;
  private long lastSequence;

  VirtualNetwork(boolean isHostile, RandomGenerator random, HistoryTrace trace) {
    this.isHostile = isHostile;
    this.random = random;
    this.trace = trace;
  }

  /** The chance of the next step. */
  void use(RandomGenerator next) {
    random = next;
  }

  void add(long address, Station station) {
    stations.put(address, station);
  }

  boolean isAlive(long address) {
    return stations.containsKey(address);
  }

  /** Objects are numbered in the order they are made, whoever makes them. */
  long nextSequence() {
    return ++lastSequence;
  }

  /** A process sends a packet of its own. */
  void sendFromProcess(Packet packet) {
    long from = packet.getFrom();
    long to = packet.getTo();
    boolean isNeighbour =
        ProcessAddress.rayletOf(to) == ProcessAddress.rayletOf(from)
            && !ProcessAddress.isRaylet(to)
            && isAlive(to);
    put(from, isNeighbour ? to : ProcessAddress.rayletOf(from), packet);
  }

  /** Puts a packet on a link. */
  void put(long from, long to, Packet packet) {
    if (isAlive(to) && !muted.contains(new Way(from, to))) {
      way(from, to).addLast(new Item(packet, false));
    }
  }

  /** The end of a link that its reader closes: what is unread stays so. */
  void closeUnread(long from, long to) {
    ways.remove(new Way(from, to));
  }

  /**
   * A process, or a whole node with everything on it, dies. Others can read some of what it wrote.
   */
  void die(List<Long> dead) {
    dead.forEach(stations::remove);
    ways.keySet().removeIf(way -> dead.contains(way.to));
    for (Map.Entry<Way, ArrayDeque<Item>> way : ways.entrySet()) {
      if (dead.contains(way.getKey().from)) {
        for (int lost = random.nextInt(4) - 1; lost > 0 && !way.getValue().isEmpty(); lost--) {
          way.getValue().removeLast();
        }
      }
    }
    for (long address : dead) {
      for (long other : List.copyOf(stations.keySet())) {
        if (isLinked(address, other)) {
          way(address, other).addLast(Item.END);
        }
      }
    }
  }

  /** Whether two living raylets agree on what is under way between them. */
  boolean mayGiveUp(long raylet, long other) {
    return !muted.contains(new Way(raylet, other))
        && !muted.contains(new Way(other, raylet))
        && isAlive(raylet)
        && isAlive(other);
  }

  /**
   * A raylet gives up another. What is under way between them is lost, and so is all that the other
   * sends until it has learned of it by the new beginning.
   */
  void giveUp(long raylet, long other) {
    ArrayDeque<Item> out = way(raylet, other);
    out.clear();
    out.addLast(Item.BEGINNING);
    way(other, raylet).clear();
    muted.add(new Way(other, raylet));
    // What comes twice does so on one link, so it does not outlive the link's streams.
    repeated.removeIf(late -> isBetween(late.packet, raylet, other));
  }

  private static boolean isBetween(Packet packet, long raylet, long other) {
    long from = ProcessAddress.rayletOf(packet.getFrom());
    long to = ProcessAddress.rayletOf(packet.getTo());
    return (from == raylet && to == other) || (from == other && to == raylet);
  }

  /** Moves the next packet of some link. False if nothing is under way. */
  boolean deliver() {
    List<Way> open = new ArrayList<>();
    ways.forEach((way, items) -> {
      if (!items.isEmpty()) {
        open.add(way);
      }
    });
    if (open.isEmpty()) {
      return false;
    }
    if (!repeated.isEmpty() && random.nextInt(open.size() + 1) == 0) {
      repeat(repeated.remove(random.nextInt(repeated.size())));
    }
    Way way = choose(open);
    Item item = next(way);
    Station station = stations.get(way.to);
    if (station == null) {
      return true;
    }
    Packet packet = item.packet;
    if (item.isBeginning) {
      trace.line("%s learns that %s has given it up", way.to, way.from);
      muted.remove(new Way(way.to, way.from));
      station.onGivenUp(way.from);
    } else if (packet == null) {
      trace.line("%s sees the end of %s", way.to, way.from);
      station.onLinkEnd(way.from);
    } else {
      arrive(way, packet, station);
    }
    return true;
  }

  /** Some links are much slower than the others. */
  private Way choose(List<Way> open) {
    Way way = open.get(random.nextInt(open.size()));
    for (int i = 0; i < SLOWNESS && slow.contains(way); i++) {
      way = open.get(random.nextInt(open.size()));
    }
    return way;
  }

  private void arrive(Way way, Packet packet, Station station) {
    if (packet.getTo() == way.to) {
      trace.packet(packet);
    }
    station.onPacket(packet);
  }

  /** All that comes again comes now. */
  void repeatAll() {
    while (!repeated.isEmpty()) {
      repeat(repeated.removeFirst());
    }
  }

  private void repeat(Repeated late) {
    Station station = stations.get(late.way.to);
    if (station != null && isAlive(late.way.from)) {
      trace.line("again:");
      arrive(late.way, late.packet, station);
    }
  }

  private Item next(Way way) {
    ArrayDeque<Item> items = way(way.from, way.to);
    Item first = items.removeFirst();
    Packet packet = first.packet;
    if (!isHostile || packet == null || random.nextInt(HOSTILE_ONE_IN) != 0) {
      return first;
    }
    if (random.nextBoolean() && Repeats.mayBeRepeated(packet)) {
      repeated.add(new Repeated(way, packet));
    } else if (Repeats.mayBeOvertaken(packet)
        && !isLeavingProcess(way, packet)
        && !items.isEmpty()) {
      Item second = items.removeFirst();
      Packet other = second.packet;
      if (other != null && Repeats.mayBeOvertaken(other)) {
        items.addFirst(first);
        return second;
      }
      items.addFirst(second);
    }
    return first;
  }

  /**
   * A packet to another node that has not reached its own yet. One that overtakes there might be
   * lost when the nodes give each other up, and the other come later: no order has that.
   */
  private static boolean isLeavingProcess(Way way, Packet packet) {
    return !isDaemon(way.from)
        && ProcessAddress.rayletOf(packet.getTo()) != ProcessAddress.rayletOf(way.from);
  }

  private static boolean isLinked(long one, long other) {
    if (ProcessAddress.rayletOf(one) == ProcessAddress.rayletOf(other)) {
      return true;
    }
    return isDaemon(one) && isDaemon(other);
  }

  private static boolean isDaemon(long address) {
    return ProcessAddress.process(address) == 0;
  }

  private ArrayDeque<Item> way(long from, long to) {
    return ways.computeIfAbsent(
        new Way(from, to),
        fresh -> {
          if (random.nextInt(SLOW_ONE_IN) == 0) {
            slow.add(fresh);
          }
          return new ArrayDeque<>();
        });
  }
}
