package io.mobula.api.spi;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code options(…)} set on an actor: null is not set. Checked by the builder that made it;
 * {@code ActorOptions.merge} completes it.
 *
 * @param numCpus CPUs
 * @param memoryBytes memory
 * @param resources custom resources, all of them
 * @param name the name
 * @param namespace the namespace of the name
 * @param maxRestarts restarts, −1 for no limit
 * @param maxTaskRetries retries of lost calls, −1 for no limit
 * @param maxConcurrency how many methods run at the same time
 */
public record ActorOverrides(
    @Nullable Double numCpus,
    @Nullable Long memoryBytes,
    @Nullable Map<String, Double> resources,
    @Nullable String name,
    @Nullable String namespace,
    @Nullable Integer maxRestarts,
    @Nullable Integer maxTaskRetries,
    @Nullable Integer maxConcurrency)
    implements Serializable {
  /** Nothing set. */
  public static final ActorOverrides NONE =
      new ActorOverrides(null, null, null, null, null, null, null, null);
}
