package io.mobula.worker.runtime;

import io.mobula.proto.Packet;
import io.mobula.proto.Undeliverable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Packets under way between processes: in order from each to each, otherwise delayed as chance
 * will. Idempotent ones come twice now and then.
 */
final class VirtualNetwork {
  private record Pair(long from, long to) {}

  private final Random random;
  private final Map<Pair, ArrayDeque<Packet>> underWay = new LinkedHashMap<>();
  private final Set<Long> dead = new HashSet<>();
  private long lastSequence;

  VirtualNetwork(Random random) {
    this.random = random;
  }

  /** Objects are numbered in the order they are made, whoever makes them. */
  long nextSequence() {
    return ++lastSequence;
  }

  void send(Packet packet) {
    if (dead.contains(packet.getTo())) {
      if (!dead.contains(packet.getFrom())) {
        sendBack(packet);
      }
      return;
    }
    ArrayDeque<Packet> pair =
        underWay.computeIfAbsent(
            new Pair(packet.getFrom(), packet.getTo()), fresh -> new ArrayDeque<>());
    pair.addLast(packet);
    if (isIdempotent(packet) && random.nextInt(8) == 0) {
      pair.addLast(packet);
    }
  }

  /** As a raylet does that can't reach the addressee. */
  private void sendBack(Packet packet) {
    send(
        Packet.newBuilder()
            .setFrom(packet.getTo())
            .setTo(packet.getFrom())
            .setUndeliverable(
                Undeliverable.newBuilder()
                    .setAddress(packet.getTo())
                    .setCorrelation(packet.getCorrelation()))
            .build());
  }

  /** Nothing reaches it any more; what it sent before arrives. */
  void die(long process) {
    dead.add(process);
    underWay.keySet().removeIf(pair -> pair.to == process);
  }

  /** The next packet of some pair, or null if nothing is under way. */
  @Nullable Packet deliver() {
    List<Pair> open = new ArrayList<>();
    underWay.forEach((pair, packets) -> {
      if (!packets.isEmpty()) {
        open.add(pair);
      }
    });
    if (open.isEmpty()) {
      return null;
    }
    ArrayDeque<Packet> packets = underWay.get(open.get(random.nextInt(open.size())));
    return packets == null ? null : packets.pollFirst();
  }

  private static boolean isIdempotent(Packet packet) {
    return switch (packet.getBodyCase()) {
      case ADD_BORROWER,
          BORROWER_ADDED,
          REMOVE_BORROWER,
          AWAIT_OBJECT,
          OBJECT_VALUE,
          TASK_REPLIES,
          REFERENCES_RECEIVED,
          ACTOR_STATE,
          PROCESS_DIED ->
          true;
      default -> false;
    };
  }
}
