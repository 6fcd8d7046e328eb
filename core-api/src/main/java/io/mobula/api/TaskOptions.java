package io.mobula.api;

import io.mobula.api.spi.TaskOverrides;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a task, complete: {@link Remote} first, then what {@code options(…)} set, then the
 * defaults.
 *
 * @param numCpus CPUs taken while it runs; default 1
 * @param memoryBytes memory reserved while it runs; default 0
 * @param resources custom resources taken while it runs; default none
 * @param name its name in logs and listings; null for the method's
 * @param maxRetries how often to run again if its worker or node dies, −1 for no limit; default 3
 * @param isolation which process it runs in; default {@link Isolation#SHARED}
 */
public record TaskOptions(
    double numCpus,
    long memoryBytes,
    Map<String, Double> resources,
    @Nullable String name,
    int maxRetries,
    Isolation isolation) {
  /** CPUs of a task for which nothing is set. */
  public static final double CPUS_DEFAULT = 1;

  /** Retries of a task for which nothing is set. */
  public static final int MAX_RETRIES_DEFAULT = 3;

  /** Checks ranges and copies. */
  public TaskOptions {
    OptionChecks.amount("numCpus", numCpus);
    OptionChecks.bytes("memoryBytes", memoryBytes);
    resources = OptionChecks.resources("resources", resources);
    if (name != null) {
      OptionChecks.name("name", name);
    }
    OptionChecks.countOrUnlimited("maxRetries", maxRetries);
    OptionChecks.given("isolation", isolation);
  }

  /**
   * The options of a task whose method is annotated so, and on which {@code options(…)} set that.
   *
   * @param annotation the annotation of the method, if it has one
   * @param overrides what {@code options(…)} set
   * @return the complete options
   * @throws ConfigurationException if the annotation has a value out of range
   */
  public static TaskOptions merge(@Nullable Remote annotation, TaskOverrides overrides) {
    TaskOptions base = annotation == null ? withDefaults() : of(annotation);
    return new TaskOptions(
        overrides.numCpus() == null ? base.numCpus : overrides.numCpus(),
        overrides.memoryBytes() == null ? base.memoryBytes : overrides.memoryBytes(),
        overrides.resources() == null ? base.resources : overrides.resources(),
        overrides.name() == null ? base.name : overrides.name(),
        overrides.maxRetries() == null ? base.maxRetries : overrides.maxRetries(),
        overrides.isolation() == null ? base.isolation : overrides.isolation());
  }

  private static TaskOptions withDefaults() {
    return new TaskOptions(CPUS_DEFAULT, 0, Map.of(), null, MAX_RETRIES_DEFAULT, Isolation.SHARED);
  }

  private static TaskOptions of(Remote annotation) {
    return new TaskOptions(
        annotation.numCpus() == Remote.CPUS_NOT_SET ? CPUS_DEFAULT : annotation.numCpus(),
        annotation.memoryBytes(),
        OptionChecks.resources("resources", annotation.resources()),
        annotation.name().isEmpty() ? null : annotation.name(),
        annotation.maxRetries(),
        annotation.isolation());
  }

  /**
   * Sets options of a task, in {@code options(o -> o.numCpus(2))}. Used by one thread; refuses a
   * bad value at once.
   */
  public static final class Builder {
    private @Nullable Double numCpus;
    private @Nullable Long memoryBytes;
    private @Nullable Map<String, Double> resources;
    private @Nullable String name;
    private @Nullable Integer maxRetries;
    private @Nullable Isolation isolation;

    Builder(TaskOverrides start) {
      numCpus = start.numCpus();
      memoryBytes = start.memoryBytes();
      resources = start.resources();
      name = start.name();
      maxRetries = start.maxRetries();
      isolation = start.isolation();
    }

    /**
     * CPUs that the task takes while it runs. Default 1.
     *
     * @param numCpus 0 or more; a fraction of at least 0.0001 below one, whole above
     * @return this builder
     */
    public Builder numCpus(double numCpus) {
      this.numCpus = OptionChecks.amount("numCpus", numCpus);
      return this;
    }

    /**
     * Memory that the task reserves while it runs. Default 0.
     *
     * @param memoryBytes 0 or more bytes
     * @return this builder
     */
    public Builder memoryBytes(long memoryBytes) {
      this.memoryBytes = OptionChecks.bytes("memoryBytes", memoryBytes);
      return this;
    }

    /**
     * Custom resources that the task takes while it runs, all of them: those set before or by the
     * annotation no longer count. Default none.
     *
     * @param resources amounts by name
     * @return this builder
     */
    public Builder resources(Map<String, Double> resources) {
      this.resources = OptionChecks.resources("resources", resources);
      return this;
    }

    /**
     * The task's name in logs and listings. Default the method's name.
     *
     * @param name a name that is not empty
     * @return this builder
     */
    public Builder name(String name) {
      this.name = OptionChecks.name("name", name);
      return this;
    }

    /**
     * How often to run again if the worker or its node dies. Default 3. See {@link
     * Remote#maxRetries}.
     *
     * @param maxRetries 0 or more, or −1 for no limit
     * @return this builder
     */
    public Builder maxRetries(int maxRetries) {
      this.maxRetries = OptionChecks.countOrUnlimited("maxRetries", maxRetries);
      return this;
    }

    /**
     * Which process the task runs in. Default {@link Isolation#SHARED}.
     *
     * @param isolation the isolation
     * @return this builder
     */
    public Builder isolation(Isolation isolation) {
      this.isolation = OptionChecks.given("isolation", isolation);
      return this;
    }

    TaskOverrides build() {
      return new TaskOverrides(numCpus, memoryBytes, resources, name, maxRetries, isolation);
    }
  }
}
