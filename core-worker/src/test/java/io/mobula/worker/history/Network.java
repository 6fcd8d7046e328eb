package io.mobula.worker.history;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Packets under way: in order between two processes, in any order otherwise. */
final class Network {
  private record Way(long from, long to) {}

  private final Map<Way, ArrayDeque<Packet>> ways = new LinkedHashMap<>();
  private final Map<Long, Consumer<Packet>> processes = new LinkedHashMap<>();

  /** Whom each process has sent something. */
  private final Set<Way> conversations = new LinkedHashSet<>();

  void join(long address, Consumer<Packet> process) {
    processes.put(address, process);
  }

  void leave(long address) {
    processes.remove(address);
  }

  boolean isThere(long address) {
    return processes.containsKey(address);
  }

  void put(long from, long to, Packet.Builder packet) {
    conversations.add(new Way(from, to));
    ways.computeIfAbsent(new Way(from, to), fresh -> new ArrayDeque<>())
        .addLast(packet.setFrom(from).setTo(to).build());
  }

  boolean isQuiet() {
    return ways.isEmpty();
  }

  /** Brings one packet to its process, or tells its raylet's neighbours that it is not there. */
  void deliver(RandomGenerator random) {
    List<Way> all = new ArrayList<>(ways.keySet());
    if (all.isEmpty()) {
      return;
    }
    Way way = all.get(random.nextInt(all.size()));
    ArrayDeque<Packet> queue = ways.getOrDefault(way, new ArrayDeque<>());
    Packet packet = queue.removeFirst();
    if (queue.isEmpty()) {
      ways.remove(way);
    }
    Consumer<Packet> process = processes.get(way.to);
    if (process != null) {
      process.accept(packet);
    } else if (processes.containsKey(way.from) && !packet.hasUndeliverable()) {
      // Whoever finds out is on the way there, so it takes its time.
      Packet.Builder news = Packet.newBuilder();
      news.getUndeliverableBuilder().setAddress(way.to);
      put(ProcessAddress.of(9, (int) way.to), way.from, news);
    }
  }

  /** What was sent between these is lost, in part if its sender may have got some of it out. */
  void lose(Predicate<Long> lost, RandomGenerator random) {
    for (Map.Entry<Way, ArrayDeque<Packet>> entry : List.copyOf(ways.entrySet())) {
      if (lost.test(entry.getKey().from)) {
        int kept = random.nextInt(entry.getValue().size() + 1);
        while (entry.getValue().size() > kept) {
          entry.getValue().removeLast();
        }
        if (kept == 0) {
          ways.remove(entry.getKey());
        }
      }
    }
  }

  /**
   * Two nodes give each other up: what is under way between them is lost, and everybody hears of
   * whom he talked to before anything new comes from there, since the raylets begin anew with that.
   */
  void giveUp(int one, int other) {
    Predicate<Way> isBetween =
        way ->
            (ProcessAddress.node(way.from) == one && ProcessAddress.node(way.to) == other)
                || (ProcessAddress.node(way.from) == other && ProcessAddress.node(way.to) == one);
    ways.keySet().removeIf(isBetween);
    for (Way way : List.copyOf(conversations)) {
      if (isBetween.test(way) && conversations.remove(way)) {
        Packet.Builder news = Packet.newBuilder();
        news.getUndeliverableBuilder().setAddress(way.to).setGivenUp(true);
        Consumer<Packet> process = processes.get(way.from);
        if (process != null) {
          process.accept(news.setFrom(ProcessAddress.rayletOf(way.from)).setTo(way.from).build());
        }
      }
    }
  }

  /** The way into the network of one process. */
  Outbox outbox(long self) {
    return new Outbox() {
      @Override
      public long self() {
        return self;
      }

      @Override
      public long raylet() {
        return ProcessAddress.rayletOf(self);
      }

      @Override
      public void send(long to, Packet.Builder packet) {
        put(self, to, packet);
      }

      @Override
      public void request(long to, Packet.Builder packet, ReplyHandler handler) {
        throw new AssertionError("nothing is asked in these histories: " + packet);
      }

      @Override
      public boolean isCongested(long to) {
        return false;
      }
    };
  }
}
