package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PendingTask;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps the constructor arguments of actors made here until they are dead: a restart needs them
 * again. Owner thread: the loop.
 */
final class ActorArguments {
  private final ArgumentResolver resolver;
  private final Map<ObjectKey, PendingTask> kept = new HashMap<>();

  ActorArguments(ArgumentResolver resolver) {
    this.resolver = resolver;
  }

  void keep(ObjectKey actor, PendingTask constructor) {
    kept.put(actor, constructor);
  }

  /** Whether what it keeps refers to anything: then a restart needs this process, too. */
  boolean isAnyOwned() {
    return kept.values().stream()
        .anyMatch(constructor ->
            !constructor.contained().isEmpty()
                || Arrays.stream(constructor.references()).anyMatch(Objects::nonNull));
  }

  void onDead(ObjectKey actor) {
    PendingTask constructor = kept.remove(actor);
    if (constructor != null) {
      resolver.release(constructor);
    }
  }
}
