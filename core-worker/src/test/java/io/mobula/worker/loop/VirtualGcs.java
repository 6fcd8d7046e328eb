package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.worker.failure.Failures;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The GCS's part in histories: tells of deaths, and of the one actor that each process is. */
final class VirtualGcs implements VirtualNetwork.Station {
  private final VirtualNetwork network;
  private final Set<Long> raylets = new LinkedHashSet<>();
  private final Set<Long> dead = new LinkedHashSet<>();
  private final Map<Long, Set<Long>> subscribers = new LinkedHashMap<>();

  VirtualGcs(VirtualNetwork network) {
    this.network = network;
    network.add(ProcessAddress.GCS, this);
  }

  void join(long raylet) {
    raylets.add(raylet);
  }

  @Override
  public void onPacket(Packet packet) {
    switch (packet.getBodyCase()) {
      case SUBSCRIBE_ACTOR -> {
        long home = packet.getSubscribeActor().getId().getOwner();
        subscribers.computeIfAbsent(home, fresh -> new LinkedHashSet<>()).add(packet.getFrom());
        tellState(home, packet.getFrom());
      }
      case PROCESS_DIED -> died(packet.getProcessDied().getAddress());
      case UNDELIVERABLE -> {
        // A subscriber is gone.
      }
      default -> throw new AssertionError("unexpected: " + packet);
    }
  }

  /** A raylet is gone, and its node. */
  @Override
  public void onLinkEnd(long from) {
    raylets.remove(from);
    died(from);
  }

  private void died(long address) {
    if (!dead.add(address)) {
      return;
    }
    for (long raylet : raylets) {
      if (ProcessAddress.rayletOf(address) != raylet) {
        send(
            raylet,
            Packet.newBuilder().setProcessDied(ProcessDied.newBuilder().setAddress(address)));
      }
    }
    subscribers.forEach((home, interested) -> {
      if (ProcessAddress.diesWith(home, address)) {
        interested.forEach(subscriber -> tellState(home, subscriber));
      }
    });
  }

  private void tellState(long home, long subscriber) {
    boolean isDead = dead.stream().anyMatch(gone -> ProcessAddress.diesWith(home, gone));
    ActorState.Builder state =
        ActorState.newBuilder()
            .setId(actor(home).toProto())
            .setPhase(isDead ? ActorPhase.DEAD : ActorPhase.ALIVE)
            .setWorker(home)
            .setIncarnation(1);
    if (isDead) {
      state.setDeathCause(Failures.of(FailureKind.ACTOR_DIED, "killed"));
    }
    send(subscriber, Packet.newBuilder().setActorState(state));
  }

  /** The actor that a process is. */
  static ObjectKey actor(long process) {
    return new ObjectKey(process, Long.MAX_VALUE);
  }

  private void send(long to, Packet.Builder packet) {
    network.put(
        ProcessAddress.GCS,
        ProcessAddress.rayletOf(to),
        packet.setFrom(ProcessAddress.GCS).setTo(to).build());
  }
}
