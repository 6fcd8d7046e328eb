package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.RuntimeContext;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.TaskContext;
import io.mobula.worker.loop.ActorPlace;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes the running code to itself. Pure. */
final class RuntimeContexts {
  private RuntimeContexts() {}

  static RuntimeContext of(RuntimeIdentity identity, @Nullable TaskContext task) {
    Execution execution = task == null ? null : task.execution();
    ActorPlace actor = identity.actor();
    return new RuntimeContext(
        Integer.toUnsignedString(identity.job()),
        Integer.toUnsignedString(ProcessAddress.node(identity.self())),
        Integer.toUnsignedString(ProcessAddress.node(identity.self()))
            + "."
            + Integer.toUnsignedString(ProcessAddress.process(identity.self())),
        identity.namespace(),
        Optional.ofNullable(execution)
            .map(run -> new ObjectKey(run.owner(), run.spec().getSequence()).toString()),
        Optional.ofNullable(execution).map(Execution::name),
        Optional.ofNullable(actor).map(place -> ObjectKey.of(place.spec().getId()).toString()),
        Optional.ofNullable(actor)
            .map(place -> place.spec().getName())
            .filter(name -> !name.isEmpty()),
        actor != null && actor.incarnation() > 1);
  }
}
