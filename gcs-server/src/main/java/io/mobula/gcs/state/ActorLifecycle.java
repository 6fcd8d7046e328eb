package io.mobula.gcs.state;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorAssigned;
import io.mobula.proto.ActorConstructed;
import io.mobula.proto.ActorExiting;
import io.mobula.proto.ActorNotPlaced;
import io.mobula.proto.ActorPlaced;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorStage;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.KillActor;
import io.mobula.proto.KillProcess;
import io.mobula.proto.ObjectId;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessStarted;
import java.util.List;
import java.util.Optional;

/**
 * Applies events to actors as {@link ActorTransitions} says. What is late (another incarnation,
 * another process) is dropped before the table is asked; a process that came too late is ended.
 */
final class ActorLifecycle {
  private final ActorTable actors;
  private final ProcessTable processes;
  private final JobTable jobs;
  private final NodeTable nodes;
  private final StateLimits limits;

  ActorLifecycle(
      ActorTable actors,
      ProcessTable processes,
      JobTable jobs,
      NodeTable nodes,
      StateLimits limits) {
    this.actors = actors;
    this.processes = processes;
    this.jobs = jobs;
    this.nodes = nodes;
    this.limits = limits;
  }

  void onAssigned(ActorAssigned event, List<Effect> effects) {
    Optional<ActorRecord> found = find(event.getId());
    boolean isCurrent =
        found.isPresent() && found.get().getIncarnation() + 1 == event.getIncarnation();
    if (!isCurrent || nodes.findAlive(event.getNode()).isEmpty()) {
      return;
    }
    ActorRecord actor = found.get();
    ActorAction action = ActorTransitions.action(actor.getStage(), ActorEvent.ASSIGNED);
    if (action == ActorAction.BEGIN_PLACEMENT) {
      actors.put(
          actor.toBuilder()
              .setStage(ActorStage.STAGE_PLACING)
              .setIncarnation(event.getIncarnation())
              .setNode(event.getNode())
              .build());
      effects.add(new Effect.PlaceOnNode(event.getNode(), actor.getSpec(), event.getIncarnation()));
    }
  }

  void onPlaced(ActorPlaced event, List<Effect> effects) {
    Optional<ActorRecord> found = find(event.getId());
    long worker = event.getWorker();
    boolean isCurrent =
        found.isPresent()
            && found.get().getIncarnation() == event.getIncarnation()
            && found.get().getNode() == ProcessAddress.node(worker)
            && (found.get().getWorker() == 0 || found.get().getWorker() == worker);
    ActorAction action =
        isCurrent
            ? ActorTransitions.action(found.get().getStage(), ActorEvent.PLACED)
            : ActorAction.KILL_ORPHAN;
    if (action == ActorAction.KILL_ORPHAN) {
      kill(worker, "nobody waits for this actor process any more", effects);
    } else if (action == ActorAction.BEGIN_CONSTRUCTION && found.isPresent()) {
      ActorRecord actor = found.get();
      actors.put(
          actor.toBuilder()
              .setStage(ActorStage.STAGE_CONSTRUCTING)
              .setWorker(worker)
              .setPid(processes.find(worker).map(ProcessStarted::getPid).orElse(0L))
              .build());
      effects.add(new Effect.Construct(worker, actor.getSpec(), event.getIncarnation()));
    }
  }

  void onNotPlaced(ActorNotPlaced event, List<Effect> effects) {
    Optional<ActorRecord> found = find(event.getId());
    if (found.isPresent() && found.get().getIncarnation() == event.getIncarnation()) {
      ActorRecord actor = found.get();
      // A node that is full at the moment is no failure of the actor's.
      int failedStarts =
          event.getFailure().getKind() == FailureKind.UNSCHEDULABLE
              ? actor.getFailedStarts()
              : actor.getFailedStarts() + 1;
      act(
          actor.toBuilder().setFailedStarts(failedStarts).build(),
          ActorEvent.NOT_PLACED,
          event.getFailure(),
          effects);
    }
  }

  void onConstructed(ActorConstructed event, long from, List<Effect> effects) {
    Optional<ActorRecord> found = find(event.getId());
    if (found.isPresent()
        && found.get().getIncarnation() == event.getIncarnation()
        && found.get().getWorker() == from) {
      ActorEvent kind =
          event.hasFailure() ? ActorEvent.CONSTRUCTION_FAILED : ActorEvent.CONSTRUCTED;
      act(found.get(), kind, event.getFailure(), effects);
    }
  }

  void onKill(KillActor event, List<Effect> effects) {
    ActorEvent kind = event.getAllowRestart() ? ActorEvent.RESTART_ORDERED : ActorEvent.KILLED;
    find(event.getId()).ifPresent(actor -> act(actor, kind, died(actor, "it was killed"), effects));
  }

  void onExiting(ActorExiting event, long from, List<Effect> effects) {
    ActorEvent kind = event.getIsFinishing() ? ActorEvent.EXIT_BEGUN : ActorEvent.EXITING;
    find(event.getId())
        .filter(actor -> actor.getWorker() == from)
        .ifPresent(actor -> act(actor, kind, died(actor, "it has exited by exitActor"), effects));
  }

  /** A worker died. */
  void onProcessDied(ProcessDied death, List<Effect> effects) {
    actors
        .findByWorker(death.getAddress())
        .ifPresent(actor ->
            act(
                actor,
                ActorEvent.PROCESS_LOST,
                died(
                    actor,
                    "its process died: pid="
                        + death.getPid()
                        + ", host="
                        + death.getHostName()
                        + ", reason="
                        + death.getReason()),
                effects));
  }

  void onNodeLost(int node, String reason, List<Effect> effects) {
    for (ActorRecord actor : List.copyOf(actors.living())) {
      if (actor.getNode() == node) {
        String what =
            "its node died: node="
                + node
                + ", pid="
                + actor.getPid()
                + ", host="
                + nodes.hostName(node)
                + ", reason="
                + reason;
        act(actor, ActorEvent.PROCESS_LOST, died(actor, what), effects);
      }
    }
  }

  void onJobEnded(int job, String reason, List<Effect> effects) {
    for (ActorRecord actor : List.copyOf(actors.living())) {
      if (actor.getSpec().getJob() == job) {
        Failure cause = died(actor, "its job ended: job=" + job + ", reason=" + reason);
        act(actor, ActorEvent.JOB_ENDED, cause, effects);
      }
    }
  }

  private void act(ActorRecord actor, ActorEvent event, Failure cause, List<Effect> effects) {
    ActorAction action = ActorTransitions.action(actor.getStage(), event);
    switch (action) {
      case BEGIN_LIFE -> {
        actors.put(actor.toBuilder().setStage(ActorStage.STAGE_ALIVE).setFailedStarts(0).build());
        effects.add(new Effect.ActorChanged(ObjectKey.of(actor.getSpec().getId())));
      }
      case RETRY_PLACEMENT -> {
        if (actor.getFailedStarts() < limits.startAttemptsMax()) {
          queue(actor, effects);
        } else {
          die(actor, cause, effects);
        }
      }
      case RESTART_OR_DIE -> restartOrDie(actor, cause, effects);
      case DIE -> die(actor, cause, effects);
      case DIE_AND_KILL -> {
        die(actor, cause, effects);
        kill(actor.getWorker(), cause.getMessage(), effects);
      }
      case FORGO_RESTARTS -> actors.put(actor.toBuilder().setIsExiting(true).build());
      case KILL_PROCESS ->
          kill(
              actor.getWorker(),
              event == ActorEvent.RESTART_ORDERED
                  ? "the actor was killed, to be restarted"
                  : cause.getMessage(),
              effects);
      case IGNORE -> {}
      case BEGIN_PLACEMENT, BEGIN_CONSTRUCTION, KILL_ORPHAN ->
          throw new IllegalStateException("not an action for this event: " + event);
    }
  }

  private void restartOrDie(ActorRecord actor, Failure cause, List<Effect> effects) {
    int maxRestarts = actor.getSpec().getMaxRestarts();
    boolean mayRestart =
        !actor.getIsExiting()
            && jobs.findRunning(actor.getSpec().getJob()).isPresent()
            && (maxRestarts < 0 || actor.getRestarts() < maxRestarts);
    if (!mayRestart) {
      die(actor, cause, effects);
      return;
    }
    queue(
        actor.toBuilder().setRestarts(actor.getRestarts() + 1).setFailedStarts(0).build(), effects);
  }

  private void queue(ActorRecord actor, List<Effect> effects) {
    actors.put(
        actor.toBuilder()
            .setStage(ActorStage.STAGE_UNPLACED)
            .clearNode()
            .clearWorker()
            .clearPid()
            .build());
    effects.add(new Effect.ActorChanged(ObjectKey.of(actor.getSpec().getId())));
  }

  private void die(ActorRecord actor, Failure cause, List<Effect> effects) {
    actors.put(actor.toBuilder().setStage(ActorStage.STAGE_DEAD).setDeathCause(cause).build());
    effects.add(new Effect.ActorChanged(ObjectKey.of(actor.getSpec().getId())));
  }

  private void kill(long worker, String reason, List<Effect> effects) {
    if (nodes.findAlive(ProcessAddress.node(worker)).isPresent()) {
      effects.add(
          new Effect.Send(
              GcsPackets.packet(ProcessAddress.rayletOf(worker), 0)
                  .setKillProcess(KillProcess.newBuilder().setAddress(worker).setReason(reason))
                  .build()));
    }
  }

  private Failure died(ActorRecord actor, String what) {
    return Failure.newBuilder()
        .setKind(FailureKind.ACTOR_DIED)
        .setMessage(
            "the actor is dead: "
                + what
                + "; actor="
                + describe(actor)
                + ", restarts="
                + actor.getRestarts()
                + " of "
                + (actor.getSpec().getMaxRestarts() < 0
                    ? "any number"
                    : actor.getSpec().getMaxRestarts()))
        .setProcess(actor.getWorker())
        .setPid(actor.getPid())
        .setHost(nodes.hostName(actor.getNode()))
        .build();
  }

  private Optional<ActorRecord> find(ObjectId id) {
    return actors.find(ObjectKey.of(id));
  }

  private static String describe(ActorRecord actor) {
    String name = actor.getSpec().getName();
    return actor.getSpec().getClassName() + (name.isEmpty() ? "" : " \"" + name + "\"");
  }
}
