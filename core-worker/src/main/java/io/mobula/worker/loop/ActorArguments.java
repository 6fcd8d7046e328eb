package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PendingTask;
import java.util.HashMap;
import java.util.Map;

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

  void onDead(ObjectKey actor) {
    PendingTask constructor = kept.remove(actor);
    if (constructor != null) {
      resolver.release(constructor);
    }
  }
}
