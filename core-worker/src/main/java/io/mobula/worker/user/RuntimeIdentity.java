package io.mobula.worker.user;

import io.mobula.worker.loop.ActorPlace;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who this process is in the cluster.
 *
 * @param self its address
 * @param job its job
 * @param namespace where actor names of this job live, unless said otherwise
 * @param actorHome tells the actor whose process this is
 */
record RuntimeIdentity(
    long self, int job, String namespace, Supplier<@Nullable ActorPlace> actorHome) {
  @Nullable ActorPlace actor() {
    return actorHome.get();
  }
}
