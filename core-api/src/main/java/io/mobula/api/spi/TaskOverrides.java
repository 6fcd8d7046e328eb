package io.mobula.api.spi;

import io.mobula.api.Isolation;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code options(…)} set on a task: null is not set. Checked by the builder that made it;
 * {@code TaskOptions.merge} completes it.
 *
 * @param numCpus CPUs
 * @param memoryBytes memory
 * @param resources custom resources, all of them
 * @param name the name
 * @param maxRetries retries, −1 for no limit
 * @param isolation the isolation
 */
public record TaskOverrides(
    @Nullable Double numCpus,
    @Nullable Long memoryBytes,
    @Nullable Map<String, Double> resources,
    @Nullable String name,
    @Nullable Integer maxRetries,
    @Nullable Isolation isolation)
    implements Serializable {
  /** Nothing set. */
  public static final TaskOverrides NONE = new TaskOverrides(null, null, null, null, null, null);
}
