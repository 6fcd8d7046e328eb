package io.mobula.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to join or start a cluster: what {@link Mobula#init(Consumer)} was given. What is null or
 * empty was not set; the runtime then looks at {@code MOBULA_ADDRESS} and {@code MOBULA_TOKEN}, and
 * takes its defaults.
 *
 * @param address the {@code host:port} of a cluster to join; null to look at the environment, and
 *     else to start one inside this process
 * @param token the cluster's secret
 * @param namespace the namespace of this job's actor names; null for one that no other job has
 * @param numCpus CPUs of the node to start; null for what the machine or container has
 * @param memoryBytes memory of the node to start; null for what the machine or container has
 * @param resources custom resources of the node to start
 * @param objectStoreBytes size of the shared-memory store of the node to start
 * @param isLogToDriver whether the output of workers appears here; default true
 * @param config settings of the components of the cluster to start, by key
 * @param workerJvmOptions options for the JVMs of this job's workers, after those that they have
 *     from this JVM
 * @param workerSystemProperties system properties of this job's workers
 * @param isLocal whether tasks and actors run in this process; default false
 */
public record InitOptions(
    @Nullable String address,
    @Nullable String token,
    @Nullable String namespace,
    @Nullable Double numCpus,
    @Nullable Long memoryBytes,
    Map<String, Double> resources,
    @Nullable Long objectStoreBytes,
    boolean isLogToDriver,
    Map<String, String> config,
    List<String> workerJvmOptions,
    Map<String, String> workerSystemProperties,
    boolean isLocal) {
  /** Checks that what is set fits together, and copies. */
  public InitOptions {
    resources = Map.copyOf(resources);
    config = Map.copyOf(config);
    workerJvmOptions = List.copyOf(workerJvmOptions);
    workerSystemProperties = Map.copyOf(workerSystemProperties);
    if (address != null) {
      refuseWithAddress("numCpus", numCpus);
      refuseWithAddress("memoryBytes", memoryBytes);
      refuseWithAddress("resources", resources.isEmpty() ? null : resources);
      refuseWithAddress("objectStoreBytes", objectStoreBytes);
      refuseWithAddress("config", config.isEmpty() ? null : config);
      refuseWithAddress("local", isLocal ? true : null);
    }
  }

  private static void refuseWithAddress(String option, @Nullable Object value) {
    if (value != null) {
      throw OptionChecks.bad(
          option,
          value,
          "it describes a cluster that init() starts, but address joins one that runs: drop"
              + " either");
    }
  }

  /**
   * Builds options.
   *
   * @param change sets options on the builder that it is given
   * @return the options
   * @throws ConfigurationException if a value is out of range or options exclude each other
   */
  public static InitOptions of(Consumer<? super Builder> change) {
    Builder builder = new Builder();
    change.accept(builder);
    return builder.build();
  }

  /** The options as text, without the secret and the values of properties, which may be some. */
  @Override
  public String toString() {
    return "InitOptions[address="
        + address
        + ", token="
        + (token == null ? "null" : "***")
        + ", namespace="
        + namespace
        + ", numCpus="
        + numCpus
        + ", memoryBytes="
        + memoryBytes
        + ", resources="
        + resources
        + ", objectStoreBytes="
        + objectStoreBytes
        + ", isLogToDriver="
        + isLogToDriver
        + ", config="
        + config
        + ", workerJvmOptions="
        + workerJvmOptions
        + ", workerSystemProperties="
        + workerSystemProperties.keySet()
        + ", isLocal="
        + isLocal
        + "]";
  }

  /**
   * Sets options of a session, in {@code Mobula.init(o -> o.address("head:6379"))}. Used by one
   * thread.
   */
  public static final class Builder {
    private final Map<String, String> config = new LinkedHashMap<>();
    private final Map<String, String> workerSystemProperties = new LinkedHashMap<>();
    private List<String> workerJvmOptions = List.of();
    private @Nullable String address;
    private @Nullable String token;
    private @Nullable String namespace;
    private @Nullable Double numCpus;
    private @Nullable Long memoryBytes;
    private Map<String, Double> resources = Map.of();
    private @Nullable Long objectStoreBytes;
    private boolean isLogToDriver = true;
    private boolean isLocal;

    private Builder() {}

    /**
     * Joins the cluster at this address instead of starting one. Default {@code MOBULA_ADDRESS}, if
     * it is set.
     *
     * @param address as {@code host:port}
     * @return this builder
     */
    public Builder address(String address) {
      OptionChecks.name("address", address);
      int colon = address.lastIndexOf(':');
      if (colon <= 0 || !isPort(address.substring(colon + 1))) {
        throw OptionChecks.bad("address", address, "give host:port, such as head:6379");
      }
      this.address = address;
      return this;
    }

    private static boolean isPort(String text) {
      return text.matches("[0-9]{1,5}")
          && Integer.parseInt(text) >= 1
          && Integer.parseInt(text) <= 65_535;
    }

    /**
     * The cluster's secret. Default {@code MOBULA_TOKEN}, else the file that {@code mobula start
     * --head} wrote on this machine.
     *
     * @param token the secret
     * @return this builder
     */
    public Builder token(String token) {
      if (OptionChecks.given("token", token).isBlank()) {
        throw OptionChecks.bad("token", "\"\"", "give the secret of the cluster, or do not set it");
      }
      this.token = token;
      return this;
    }

    /**
     * The namespace of this job's actor names; jobs that share one find each other's actors.
     * Default one that no other job has.
     *
     * @param namespace a name that is not empty
     * @return this builder
     */
    public Builder namespace(String namespace) {
      this.namespace = OptionChecks.name("namespace", namespace);
      return this;
    }

    /**
     * CPUs that the node to start offers. Default those of the machine, or of the container's
     * limit.
     *
     * @param numCpus 0 or more
     * @return this builder
     */
    public Builder numCpus(double numCpus) {
      this.numCpus = OptionChecks.amount("numCpus", numCpus);
      return this;
    }

    /**
     * Memory that the node to start offers. Default that of the machine, or of the container's
     * limit.
     *
     * @param memoryBytes 0 or more bytes
     * @return this builder
     */
    public Builder memoryBytes(long memoryBytes) {
      this.memoryBytes = OptionChecks.bytes("memoryBytes", memoryBytes);
      return this;
    }

    /**
     * Custom resources that the node to start offers. Default none.
     *
     * @param resources amounts by name
     * @return this builder
     */
    public Builder resources(Map<String, Double> resources) {
      this.resources = OptionChecks.resources("resources", resources);
      return this;
    }

    /**
     * Size of the shared-memory store of the node to start. Default a part of the machine's memory.
     *
     * @param objectStoreBytes 1 or more bytes
     * @return this builder
     */
    public Builder objectStoreBytes(long objectStoreBytes) {
      if (objectStoreBytes < 1) {
        throw OptionChecks.bad(
            "objectStoreBytes", objectStoreBytes, "give a size such as 1L << 30 for 1 GiB");
      }
      this.objectStoreBytes = objectStoreBytes;
      return this;
    }

    /**
     * Whether what workers print appears here too. Default true.
     *
     * @param isLogToDriver false to keep it in the log files alone
     * @return this builder
     */
    public Builder logToDriver(boolean isLogToDriver) {
      this.isLogToDriver = isLogToDriver;
      return this;
    }

    /**
     * Sets one of the settings that the configuration reference lists, for the cluster to start.
     *
     * @param key as {@code component.kebab-case}; one that does not exist is refused by the cluster
     * @param value the value as in a configuration file
     * @return this builder
     */
    public Builder config(String key, String value) {
      config.put(
          OptionChecks.name("config", key), OptionChecks.given("config[" + key + "]", value));
      return this;
    }

    /**
     * Runs tasks and actors on threads of this process, for breakpoints: with the same
     * serialization and the same errors as in processes of their own, but with the class loader,
     * the static fields and the fate of this one. Default false; the setting {@code driver.local}
     * (environment variable {@code MOBULA_DRIVER_LOCAL}) does the same for a program that is not to
     * be changed. {@code MOBULA_ADDRESS} is not looked at then.
     *
     * @param isLocal true to start a cluster without other processes
     * @return this builder
     */
    public Builder local(boolean isLocal) {
      this.isLocal = isLocal;
      return this;
    }

    /**
     * Options for the JVMs of this job's workers, on every node. They come after the options that
     * workers have from this JVM and from the cluster, and win over those: {@code -Xmx2g} replaces
     * the heap that a worker would get. What this JVM was given itself reaches workers only as far
     * as it changes what code means: assertions, {@code --enable-preview}, {@code --add-opens} and
     * its like; and the time zone, locale and charset that are the default when the session begins.
     * No effect in local mode, where tasks run in this JVM. Default none.
     *
     * @param options each as one element, such as {@code "--add-opens=java.base/java.nio=org.x"}
     * @return this builder
     */
    public Builder workerJvmOptions(List<String> options) {
      this.workerJvmOptions = WorkerOptionChecks.jvmOptions(options);
      return this;
    }

    /**
     * System properties of this job's workers, as {@code -D} would set them. Those of this JVM do
     * not reach workers. No effect in local mode, where tasks run in this JVM. Default none. Added
     * to those that were set before.
     *
     * @param properties values by name
     * @return this builder
     */
    public Builder workerSystemProperties(Map<String, String> properties) {
      workerSystemProperties.putAll(WorkerOptionChecks.systemProperties(properties));
      return this;
    }

    InitOptions build() {
      return new InitOptions(
          address,
          token,
          namespace,
          numCpus,
          memoryBytes,
          resources,
          objectStoreBytes,
          isLogToDriver,
          config,
          workerJvmOptions,
          workerSystemProperties,
          isLocal);
    }
  }
}
