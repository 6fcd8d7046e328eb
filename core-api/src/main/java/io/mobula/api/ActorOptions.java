package io.mobula.api;

import io.mobula.api.spi.ActorOverrides;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of an actor, complete: {@link Remote} first, then what {@code options(…)} set, then
 * the defaults.
 *
 * @param numCpus CPUs taken while it lives; default 0, so that idle actors don't starve tasks
 * @param memoryBytes memory reserved while it lives; default 0
 * @param resources custom resources taken while it lives; default none
 * @param name the name by which it is found; null if it has none
 * @param namespace the namespace of the name; null for the job's
 * @param maxRestarts how often to start again when it dies, −1 for no limit; default 0
 * @param maxTaskRetries how often to repeat a call that was lost, −1 for no limit; default 0
 * @param maxConcurrency how many of its methods may run at the same time; default 1
 */
public record ActorOptions(
    double numCpus,
    long memoryBytes,
    Map<String, Double> resources,
    @Nullable String name,
    @Nullable String namespace,
    int maxRestarts,
    int maxTaskRetries,
    int maxConcurrency) {
  /** CPUs of an actor for which nothing is set. */
  public static final double CPUS_DEFAULT = 0;

  /** How many methods of an actor run at the same time if nothing is set. */
  public static final int MAX_CONCURRENCY_DEFAULT = 1;

  /** Checks ranges and copies. */
  public ActorOptions {
    OptionChecks.amount("numCpus", numCpus);
    OptionChecks.bytes("memoryBytes", memoryBytes);
    resources = OptionChecks.resources("resources", resources);
    if (name != null) {
      OptionChecks.name("name", name);
    }
    if (namespace != null) {
      OptionChecks.name("namespace", namespace);
    }
    OptionChecks.countOrUnlimited("maxRestarts", maxRestarts);
    OptionChecks.countOrUnlimited("maxTaskRetries", maxTaskRetries);
    OptionChecks.positive("maxConcurrency", maxConcurrency);
  }

  /**
   * The options of an actor whose class is annotated so, and on which {@code options(…)} set that.
   *
   * @param annotation the annotation of the class, if it has one
   * @param overrides what {@code options(…)} set
   * @return the complete options
   * @throws ConfigurationException if the annotation has a value out of range
   */
  public static ActorOptions merge(@Nullable Remote annotation, ActorOverrides overrides) {
    ActorOptions base = annotation == null ? withDefaults() : of(annotation);
    return new ActorOptions(
        overrides.numCpus() == null ? base.numCpus : overrides.numCpus(),
        overrides.memoryBytes() == null ? base.memoryBytes : overrides.memoryBytes(),
        overrides.resources() == null ? base.resources : overrides.resources(),
        overrides.name() == null ? base.name : overrides.name(),
        overrides.namespace() == null ? base.namespace : overrides.namespace(),
        overrides.maxRestarts() == null ? base.maxRestarts : overrides.maxRestarts(),
        overrides.maxTaskRetries() == null ? base.maxTaskRetries : overrides.maxTaskRetries(),
        overrides.maxConcurrency() == null ? base.maxConcurrency : overrides.maxConcurrency());
  }

  /**
   * What a lambda sets, on top of what was set before: for generated stubs.
   *
   * @param start what was set before
   * @param change sets options on the builder that it is given
   * @return what is set now
   */
  public static ActorOverrides overrides(ActorOverrides start, Consumer<? super Builder> change) {
    Builder builder = new Builder(start);
    change.accept(builder);
    return builder.build();
  }

  private static ActorOptions withDefaults() {
    return new ActorOptions(CPUS_DEFAULT, 0, Map.of(), null, null, 0, 0, MAX_CONCURRENCY_DEFAULT);
  }

  private static ActorOptions of(Remote annotation) {
    return new ActorOptions(
        annotation.numCpus() == Remote.CPUS_NOT_SET ? CPUS_DEFAULT : annotation.numCpus(),
        annotation.memoryBytes(),
        OptionChecks.resources("resources", annotation.resources()),
        annotation.name().isEmpty() ? null : annotation.name(),
        annotation.namespace().isEmpty() ? null : annotation.namespace(),
        annotation.maxRestarts(),
        annotation.maxTaskRetries(),
        annotation.maxConcurrency());
  }

  /**
   * Sets options of an actor, in {@code options(o -> o.name("counter"))}. Used by one thread;
   * refuses a bad value at once.
   */
  public static final class Builder {
    private @Nullable Double numCpus;
    private @Nullable Long memoryBytes;
    private @Nullable Map<String, Double> resources;
    private @Nullable String name;
    private @Nullable String namespace;
    private @Nullable Integer maxRestarts;
    private @Nullable Integer maxTaskRetries;
    private @Nullable Integer maxConcurrency;

    Builder(ActorOverrides start) {
      numCpus = start.numCpus();
      memoryBytes = start.memoryBytes();
      resources = start.resources();
      name = start.name();
      namespace = start.namespace();
      maxRestarts = start.maxRestarts();
      maxTaskRetries = start.maxTaskRetries();
      maxConcurrency = start.maxConcurrency();
    }

    /**
     * CPUs that the actor takes while it lives. Default 0: an actor that mostly waits needs none,
     * and any number fits on a node.
     *
     * @param numCpus 0 or more; a fraction of at least 0.0001 below one, whole above
     * @return this builder
     */
    public Builder numCpus(double numCpus) {
      this.numCpus = OptionChecks.amount("numCpus", numCpus);
      return this;
    }

    /**
     * Memory that the actor reserves while it lives. Default 0.
     *
     * @param memoryBytes 0 or more bytes
     * @return this builder
     */
    public Builder memoryBytes(long memoryBytes) {
      this.memoryBytes = OptionChecks.bytes("memoryBytes", memoryBytes);
      return this;
    }

    /**
     * Custom resources that the actor takes while it lives, all of them: those set before or by the
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
     * The name by which {@link Mobula#getActor(String)} finds the actor, unique in its namespace.
     * Default none.
     *
     * @param name a name that is not empty
     * @return this builder
     */
    public Builder name(String name) {
      this.name = OptionChecks.name("name", name);
      return this;
    }

    /**
     * The namespace of the name. Default the job's.
     *
     * @param namespace a name that is not empty
     * @return this builder
     */
    public Builder namespace(String namespace) {
      this.namespace = OptionChecks.name("namespace", namespace);
      return this;
    }

    /**
     * How often to start the actor again, with the constructor's arguments, when its process or
     * node dies. Default 0.
     *
     * @param maxRestarts 0 or more, or −1 for no limit
     * @return this builder
     */
    public Builder maxRestarts(int maxRestarts) {
      this.maxRestarts = OptionChecks.countOrUnlimited("maxRestarts", maxRestarts);
      return this;
    }

    /**
     * How often to repeat a call that was lost as the actor died or could not be reached. Default
     * 0.
     *
     * @param maxTaskRetries 0 or more, or −1 for no limit
     * @return this builder
     */
    public Builder maxTaskRetries(int maxTaskRetries) {
      this.maxTaskRetries = OptionChecks.countOrUnlimited("maxTaskRetries", maxTaskRetries);
      return this;
    }

    /**
     * How many methods of the actor may run at the same time. Default 1: the actor needs no
     * synchronization.
     *
     * @param maxConcurrency 1 or more
     * @return this builder
     */
    public Builder maxConcurrency(int maxConcurrency) {
      this.maxConcurrency = OptionChecks.positive("maxConcurrency", maxConcurrency);
      return this;
    }

    ActorOverrides build() {
      return new ActorOverrides(
          numCpus,
          memoryBytes,
          resources,
          name,
          namespace,
          maxRestarts,
          maxTaskRetries,
          maxConcurrency);
    }
  }
}
