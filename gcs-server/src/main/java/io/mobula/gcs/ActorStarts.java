package io.mobula.gcs;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.gcs.state.Effect;
import io.mobula.gcs.state.GcsPackets;
import io.mobula.proto.ActorAssigned;
import io.mobula.proto.ActorConstructed;
import io.mobula.proto.ActorNotPlaced;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorStage;
import io.mobula.proto.ConstructActor;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.Packet;
import io.mobula.proto.PlaceActor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gets actors started: decides where, asks the node's raylet for a process, then the process for
 * the construction. Owner thread: the GCS's loop.
 *
 * <p>What is decided and what is answered are commands; the state machine says what to ask next.
 * Here is only which requests are open, so that a refusal, which names no actor, finds its own. An
 * answer is told to the state machine even if its request is not open: that knows whether it is
 * late. A request is lost with its addressee, or with the connection to its node, after which it is
 * asked again ({@link #resume}).
 */
final class ActorStarts {
  /** Decided in one go; the rest follows in the same turn. */
  private static final int DECISION_COUNT_MAX = 1_000;

  private final CommandPipeline commands;
  private final NodeLoads loads;
  private final Consumer<Packet> sender;
  private final OpenPlacements requests = new OpenPlacements();
  private boolean isSchedulingDue;

  ActorStarts(CommandPipeline commands, NodeLoads loads, Consumer<Packet> sender) {
    this.commands = commands;
    this.loads = loads;
    this.sender = sender;
  }

  /** An actor or a node's load has changed: actors that wait may have a place now. */
  void scheduleSoon() {
    isSchedulingDue = true;
  }

  /** Decides where waiting actors go, if that is due; returns whether commands were submitted. */
  boolean schedule() {
    if (!isSchedulingDue) {
      return false;
    }
    List<ActorAssigned> decisions =
        ActorScheduler.decide(commands.state(), loads, DECISION_COUNT_MAX);
    isSchedulingDue = decisions.size() == DECISION_COUNT_MAX;
    for (ActorAssigned decision : decisions) {
      commands.submit(GcsCommand.newBuilder().setActorAssigned(decision));
    }
    return !decisions.isEmpty();
  }

  /** Asks a raylet for a process. */
  void place(Effect.PlaceOnNode place) {
    long raylet = ProcessAddress.of(place.node(), 0);
    long correlation =
        requests.add(new OpenPlacements.Request(raylet, place.spec().getId(), place.incarnation()));
    sender.accept(
        GcsPackets.packet(raylet, correlation)
            .setPlaceActor(
                PlaceActor.newBuilder().setSpec(place.spec()).setIncarnation(place.incarnation()))
            .build());
  }

  /** Asks a process to construct its actor. */
  void construct(Effect.Construct construct) {
    long correlation =
        requests.add(
            new OpenPlacements.Request(
                construct.worker(), construct.spec().getId(), construct.incarnation()));
    sender.accept(
        GcsPackets.packet(construct.worker(), correlation)
            .setConstructActor(
                ConstructActor.newBuilder()
                    .setSpec(construct.spec())
                    .setIncarnation(construct.incarnation()))
            .build());
  }

  /** What was on its way when the node's connection broke may be lost: asks again. */
  void resume(int node) {
    requests.removeDead(ProcessAddress.of(node, 0));
    for (ActorRecord actor : List.copyOf(commands.state().actors().living())) {
      if (actor.getNode() == node && actor.getStage() == ActorStage.STAGE_PLACING) {
        commands.submit(
            GcsCommand.newBuilder()
                .setActorNotPlaced(
                    ActorNotPlaced.newBuilder()
                        .setId(actor.getSpec().getId())
                        .setIncarnation(actor.getIncarnation())
                        .setFailure(
                            GcsPackets.failure(
                                FailureKind.UNSCHEDULABLE, "the node's connection broke"))));
      } else if (actor.getNode() == node && actor.getStage() == ActorStage.STAGE_CONSTRUCTING) {
        construct(new Effect.Construct(actor.getWorker(), actor.getSpec(), actor.getIncarnation()));
      }
    }
  }

  /** A raylet has a process for an actor. */
  void placed(Packet packet) {
    requests.remove(packet.getCorrelation(), packet.getFrom());
    submit(packet, GcsCommand.newBuilder().setActorPlaced(packet.getActorPlaced()));
  }

  /** A process has constructed its actor, or failed to. */
  void constructed(Packet packet) {
    requests.remove(packet.getCorrelation(), packet.getFrom());
    submit(packet, GcsCommand.newBuilder().setActorConstructed(packet.getActorConstructed()));
  }

  /** A raylet has no place, or a process can't construct. */
  void refused(Packet packet) {
    Failure failure = packet.getRefusal().getFailure();
    Optional<OpenPlacements.Request> found =
        requests.remove(packet.getCorrelation(), packet.getFrom());
    if (found.isEmpty()) {
      return;
    }
    OpenPlacements.Request request = found.get();
    GcsCommand.Builder command = GcsCommand.newBuilder();
    if (request.isPlacement()) {
      if (failure.getKind() == FailureKind.UNSCHEDULABLE) {
        loads.onRefused(ProcessAddress.node(packet.getFrom()));
      }
      command.setActorNotPlaced(
          ActorNotPlaced.newBuilder()
              .setId(request.actor())
              .setIncarnation(request.incarnation())
              .setFailure(failure));
    } else {
      command.setActorConstructed(
          ActorConstructed.newBuilder()
              .setId(request.actor())
              .setIncarnation(request.incarnation())
              .setFailure(failure));
    }
    submit(packet, command);
  }

  /** A process is dead, or a node if it is a raylet's address: it answers nothing any more. */
  void removeDead(long address) {
    requests.removeDead(address);
  }

  private void submit(Packet packet, GcsCommand.Builder command) {
    commands.submit(command, packet.getFrom(), packet.getCorrelation());
  }
}
