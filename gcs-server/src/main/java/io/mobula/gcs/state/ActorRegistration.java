package io.mobula.gcs.state;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorRegistered;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorStage;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Admits new actors. Registering an id again is answered as the first time: it is a repeated
 * request. An actor that no living node could ever hold is refused at once, naming what the nodes
 * have; one that does not fit at the moment waits.
 */
final class ActorRegistration {
  private final ActorTable actors;
  private final JobTable jobs;
  private final NodeTable nodes;
  private final StateLimits limits;

  ActorRegistration(ActorTable actors, JobTable jobs, NodeTable nodes, StateLimits limits) {
    this.actors = actors;
    this.jobs = jobs;
    this.nodes = nodes;
    this.limits = limits;
  }

  void apply(GcsCommand command, List<Effect> effects) {
    ActorSpec spec = command.getRegisterActor().getSpec();
    ObjectKey id = ObjectKey.of(spec.getId());
    if (actors.find(id).isEmpty()) {
      Failure refusal = check(spec);
      if (refusal != null) {
        effects.add(
            new Effect.Send(
                GcsPackets.refusal(command.getFrom(), command.getCorrelation(), refusal)));
        return;
      }
      actors.put(
          ActorRecord.newBuilder().setSpec(spec).setStage(ActorStage.STAGE_UNPLACED).build());
      effects.add(new Effect.ActorChanged(id));
    }
    effects.add(
        new Effect.Send(
            GcsPackets.packet(command.getFrom(), command.getCorrelation())
                .setActorRegistered(ActorRegistered.newBuilder().setId(spec.getId()))
                .build()));
  }

  private @Nullable Failure check(ActorSpec spec) {
    if (jobs.findRunning(spec.getJob()).isEmpty()) {
      return GcsPackets.failure(
          FailureKind.SESSION_CLOSED,
          "the job has ended: job="
              + Integer.toUnsignedString(spec.getJob())
              + ", class="
              + spec.getClassName());
    }
    ActorName name = ActorName.of(spec);
    if (!name.isAnonymous() && actors.findByName(name).isPresent()) {
      return GcsPackets.failure(
          FailureKind.NAME_TAKEN,
          "the actor name is taken: name="
              + name.name()
              + ", namespace="
              + name.namespace()
              + ", class="
              + actors.findByName(name).map(taken -> taken.getSpec().getClassName()).orElse("")
              + "; choose another, or kill that actor first");
    }
    if (!nodes.couldEverFit(spec.getResources())) {
      return GcsPackets.failure(
          FailureKind.UNSCHEDULABLE,
          "no node can ever run the actor: class="
              + spec.getClassName()
              + ", asks for "
              + ResourceAmounts.describe(spec.getResources())
              + "; "
              + nodes.describeTotals()
              + "; ask for less, or have a node with as much (numCpus, memoryBytes, resources of"
              + " Mobula.init; mobula start --num-cpus, --memory, --resources)");
    }
    if (actors.livingCount() >= limits.actorCountMax()) {
      return GcsPackets.failure(
          FailureKind.UNSCHEDULABLE,
          "too many actors: living=" + actors.livingCount() + ", limit=" + limits.actorCountMax());
    }
    return null;
  }
}
