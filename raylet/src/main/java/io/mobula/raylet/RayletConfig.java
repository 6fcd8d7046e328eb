package io.mobula.raylet;

import io.mobula.agent.config.ConfigKey;
import io.mobula.agent.config.ConfigSchema;
import io.mobula.agent.config.ConfigTypes;
import io.mobula.agent.config.ConfigValues;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.config.HostPort;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.raylet.objects.SpillConfig;
import io.mobula.store.file.StoreDirectory;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a raylet can be told. Immutable. What is empty is worked out at start, see {@link
 * NodeSize}.
 *
 * @param gcsAddress the head's
 * @param secret the cluster's
 * @param addresses where it listens
 * @param numCpus cores that tasks may use
 * @param memoryBytes main memory that tasks may ask for
 * @param resources custom resources
 * @param store the object store
 * @param sessionDirectory the session it belongs to; a new one if empty
 * @param hostId stands for the machine, to test several "machines" on one
 * @param isHead whether it is the head's own node
 * @param workers how it treats worker processes
 * @param gcsGrace how long the head may be away, at start and later
 * @param peerGrace how long another node may be out of reach while the head has it alive
 * @param spilling where and when objects go to disk
 */
public record RayletConfig(
    HostPort gcsAddress,
    ClusterSecret secret,
    Addresses addresses,
    Optional<Double> numCpus,
    Optional<Long> memoryBytes,
    Map<String, Double> resources,
    Store store,
    Optional<Path> sessionDirectory,
    Optional<String> hostId,
    boolean isHead,
    Workers workers,
    Duration gcsGrace,
    Duration peerGrace,
    Spilling spilling) {
  private static final Duration TIME_MAX = Duration.ofHours(24);
  private static final long SIZE_MAX = 1L << 50;

  private static final ConfigKey<HostPort> GCS_ADDRESS =
      ConfigKey.required("raylet.gcs-address", ConfigTypes.hostPort(), "Address of the head.");
  private static final ConfigKey<Path> TOKEN_FILE =
      ConfigKey.optional(
          "raylet.token-file",
          ConfigTypes.path(),
          "MOBULA_TOKEN, or token in the session directory",
          "File with the cluster's secret.");
  private static final ConfigKey<String> HOST =
      ConfigKey.of(
          "raylet.host",
          ConfigTypes.text(),
          "127.0.0.1",
          "Address of this machine to listen on, by which other nodes reach it.");
  private static final ConfigKey<String> ADVERTISED_HOST =
      ConfigKey.optional(
          "raylet.advertised-host",
          ConfigTypes.text(),
          "raylet.host",
          "Address by which drivers and other nodes reach it, if that is another: a container's"
              + " host, a forwarder with the same ports.");
  private static final ConfigKey<Integer> PORT =
      ConfigKey.of(
          "raylet.port",
          ConfigTypes.integer(0, 65_535),
          0,
          "Port for drivers and other nodes; 0 for any free one.");
  private static final ConfigKey<Integer> DATA_PORT =
      ConfigKey.of(
          "raylet.data-port",
          ConfigTypes.integer(0, 65_535),
          0,
          "Port for objects on their way to other nodes; 0 for any free one.");
  private static final ConfigKey<Double> NUM_CPUS =
      ConfigKey.optional(
          "raylet.num-cpus",
          ConfigTypes.decimal(0, 1_000_000),
          "the cores that the machine or container has",
          "Cores that tasks may use.");
  private static final ConfigKey<Long> MEMORY =
      ConfigKey.optional(
          "raylet.memory",
          ConfigTypes.bytes(0, SIZE_MAX),
          "the memory that the machine or container has, less the object store",
          "Main memory that tasks may ask for.");
  private static final ConfigKey<Map<String, Double>> RESOURCES =
      ConfigKey.of(
          "raylet.resources", ConfigTypes.amounts(), Map.of(), "Custom resources of the node.");
  private static final ConfigKey<Long> OBJECT_STORE_MEMORY =
      ConfigKey.optional(
          "raylet.object-store-memory",
          ConfigTypes.bytes(1 << 20, SIZE_MAX),
          "30 % of the memory, at most 80 % of what is free in /dev/shm",
          "Size of the object store.");
  private static final ConfigKey<Path> OBJECT_STORE_DIRECTORY =
      ConfigKey.optional(
          "raylet.object-store-directory",
          ConfigTypes.path(),
          "/dev/shm",
          "Folder for the object store: a file system in memory, such as a tmpfs with huge pages.");
  private static final ConfigKey<Boolean> LOCAL_COPIES =
      ConfigKey.of(
          "raylet.local-copies",
          ConfigTypes.bool(),
          true,
          "Whether objects come from memory to memory between nodes of one machine; if not, over"
              + " the network as between machines.");
  private static final ConfigKey<Path> SESSION_DIRECTORY =
      ConfigKey.optional(
          "raylet.session-directory",
          ConfigTypes.path(),
          "a new session",
          "Directory of the session it belongs to.");
  private static final ConfigKey<String> HOST_ID =
      ConfigKey.optional(
          "raylet.host-id",
          ConfigTypes.text(),
          "worked out from the machine",
          "Stands for the machine: processes with equal host ids share files and memory.");
  private static final ConfigKey<Boolean> HEAD =
      ConfigKey.of("raylet.head", ConfigTypes.bool(), false, "Whether it is the head's node.");
  private static final ConfigKey<Integer> SLOTS_PER_WORKER =
      ConfigKey.of(
          "raylet.slots-per-worker",
          ConfigTypes.integer(1, 100_000),
          Workers.DEFAULT.slotsPerWorker(),
          "Tasks that a shared worker process runs at once.");
  private static final ConfigKey<Integer> MAX_WORKERS =
      ConfigKey.of(
          "raylet.max-workers",
          ConfigTypes.integer(1, 100_000),
          Workers.DEFAULT.workersMax(),
          "Worker processes that may exist at once; what needs more waits. Idle ones that stay for"
              + " what they own do not count; as many of them may stay.");
  private static final ConfigKey<Duration> IDLE_WORKER_TIMEOUT =
      ConfigKey.of(
          "raylet.idle-worker-timeout",
          ConfigTypes.duration(Duration.ZERO, TIME_MAX),
          Workers.DEFAULT.idleTimeout(),
          "A worker that had nothing to do for that long ends, unless others refer to what it owns;"
              + " a job keeps one.");
  private static final ConfigKey<Duration> WORKER_START_TIMEOUT =
      ConfigKey.of(
          "raylet.worker-start-timeout",
          ConfigTypes.duration(Duration.ofSeconds(1), TIME_MAX),
          Workers.DEFAULT.startTimeout(),
          "A worker that has not registered by then is killed and started again.");
  private static final ConfigKey<Long> WORKER_HEAP =
      ConfigKey.optional(
          "raylet.worker-heap",
          ConfigTypes.bytes(16 << 20, SIZE_MAX),
          "a share of raylet.memory, see docs/workers.md",
          "Maximum heap of each worker process.");
  private static final ConfigKey<Duration> GCS_GRACE =
      ConfigKey.of(
          "raylet.gcs-grace",
          ConfigTypes.duration(Duration.ZERO, TIME_MAX),
          Duration.ofSeconds(2),
          "How long the head may be away before the node gives up.");
  private static final ConfigKey<Duration> PEER_GRACE =
      ConfigKey.of(
          "raylet.peer-grace",
          ConfigTypes.duration(Duration.ZERO, TIME_MAX),
          Duration.ofSeconds(30),
          "How long another node may be out of reach, while the head has it alive, before calls to"
              + " it fail, and how long an object that can't be reached is tried.");
  private static final ConfigKey<List<String>> SPILL_DIRECTORIES =
      ConfigKey.optional(
          "raylet.spill-directories",
          ConfigTypes.list(),
          "a folder in the session directory",
          "Folders, best each on a disk of its own, for objects that have no room in the object"
              + " store.");
  private static final ConfigKey<Long> SPILL_LIMIT =
      ConfigKey.optional(
          "raylet.spill-limit",
          ConfigTypes.bytes(0, SIZE_MAX),
          "what the disks have, less a twentieth",
          "What spilled objects may take on disk; when it is reached, new objects wait. A file"
              + " being compacted may exceed it for a moment.");
  private static final ConfigKey<Double> SPILL_THRESHOLD =
      ConfigKey.of(
          "raylet.spill-threshold",
          ConfigTypes.decimal(0.01, 1),
          SpillConfig.DEFAULT.threshold(),
          "The part of the object store above which objects go to disk.");
  private static final ConfigKey<Long> SPILL_BATCH_BYTES =
      ConfigKey.of(
          "raylet.spill-batch-bytes",
          ConfigTypes.bytes(1, SIZE_MAX),
          SpillConfig.DEFAULT.batchBytes(),
          "Objects go to disk together in files of at least this size; an eighth of the object"
              + " store if that is less.");

  /** The keys. */
  public static final ConfigSchema SCHEMA =
      ConfigSchema.of(
              List.of(
                  GCS_ADDRESS,
                  TOKEN_FILE,
                  HOST,
                  ADVERTISED_HOST,
                  PORT,
                  DATA_PORT,
                  NUM_CPUS,
                  MEMORY,
                  RESOURCES,
                  OBJECT_STORE_MEMORY,
                  OBJECT_STORE_DIRECTORY,
                  LOCAL_COPIES,
                  SESSION_DIRECTORY,
                  HOST_ID,
                  HEAD,
                  SLOTS_PER_WORKER,
                  MAX_WORKERS,
                  IDLE_WORKER_TIMEOUT,
                  WORKER_START_TIMEOUT,
                  WORKER_HEAP,
                  GCS_GRACE,
                  PEER_GRACE,
                  SPILL_DIRECTORIES,
                  SPILL_LIMIT,
                  SPILL_THRESHOLD,
                  SPILL_BATCH_BYTES))
          .besides("gcs", "driver", "worker", "cli");

  /** Copies the map. */
  public RayletConfig {
    resources = Map.copyOf(resources);
  }

  /**
   * Where a raylet listens.
   *
   * @param host address of this machine that it binds
   * @param advertisedHost address by which drivers and other nodes reach it; empty for host
   * @param port of its gRPC server; 0 for any free one
   * @param dataPort of its bulk data server; 0 for any free one
   */
  public record Addresses(String host, Optional<String> advertisedHost, int port, int dataPort) {
    /** For this machine alone, any free ports. */
    public static final Addresses LOCAL = new Addresses("127.0.0.1", Optional.empty(), 0, 0);

    /** What others are told, of a port that it listens on. */
    public String reachable(int boundPort) {
      return advertisedHost.orElse(host) + ":" + boundPort;
    }
  }

  /**
   * The object store.
   *
   * @param sizeBytes its size; worked out if empty
   * @param directory where its file goes; shared memory if empty
   * @param hasLocalCopies whether nodes of this machine copy from store to store
   */
  public record Store(Optional<Long> sizeBytes, Optional<Path> directory, boolean hasLocalCopies) {
    /** What is used unless told otherwise. */
    public static final Store DEFAULT = new Store(Optional.empty(), Optional.empty(), true);

    /** Where its file goes. */
    StoreDirectory place() {
      return directory.map(StoreDirectory::new).orElseGet(StoreDirectory::preferred);
    }
  }

  /**
   * How worker processes are treated.
   *
   * @param slotsPerWorker leases that a shared worker runs at once
   * @param workersMax processes that may exist at once
   * @param idleTimeout after which an idle worker ends
   * @param startTimeout from launch to registration
   * @param heapBytes maximum heap of each; a share of the node's memory if empty
   */
  public record Workers(
      int slotsPerWorker,
      int workersMax,
      Duration idleTimeout,
      Duration startTimeout,
      Optional<Long> heapBytes) {
    /** What is used unless told otherwise. */
    public static final Workers DEFAULT =
        new Workers(512, 1_024, Duration.ofSeconds(60), Duration.ofSeconds(60), Optional.empty());

    Workers withPatience() {
      return new Workers(
          slotsPerWorker, workersMax, idleTimeout, Duration.ofDays(36_500), heapBytes);
    }
  }

  /**
   * Where and when objects go to disk.
   *
   * @param directories folders for them; empty for one in the session directory
   * @param bounds how much, and when
   */
  public record Spilling(List<Path> directories, SpillConfig bounds) {
    /** What is used unless told otherwise. */
    public static final Spilling DEFAULT = new Spilling(List.of(), SpillConfig.DEFAULT);

    /** Copies the list. */
    public Spilling {
      directories = List.copyOf(directories);
    }
  }

  /** The raylet of an embedded head: this machine alone, any free port, defaults for the rest. */
  public static RayletConfig embedded(
      HostPort gcsAddress, ClusterSecret secret, Path sessionDirectory) {
    return new RayletConfig(
        gcsAddress,
        secret,
        Addresses.LOCAL,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Store.DEFAULT,
        Optional.of(sessionDirectory),
        Optional.empty(),
        true,
        Workers.DEFAULT,
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        Spilling.DEFAULT);
  }

  /** This configuration with other resources; empty ones are worked out. */
  public RayletConfig withResources(
      Optional<Double> cpus, Optional<Long> memory, Map<String, Double> custom) {
    return new RayletConfig(
        gcsAddress,
        secret,
        addresses,
        cpus,
        memory,
        custom,
        store,
        sessionDirectory,
        hostId,
        isHead,
        workers,
        gcsGrace,
        peerGrace,
        spilling);
  }

  /** This configuration with another size of the object store. */
  public RayletConfig withObjectStoreBytes(long bytes) {
    return new RayletConfig(
        gcsAddress,
        secret,
        addresses,
        numCpus,
        memoryBytes,
        resources,
        new Store(Optional.of(bytes), store.directory(), store.hasLocalCopies()),
        sessionDirectory,
        hostId,
        isHead,
        workers,
        gcsGrace,
        peerGrace,
        spilling);
  }

  /** This configuration, with workers that may take for ever to start. */
  RayletConfig withPatience() {
    return new RayletConfig(
        gcsAddress,
        secret,
        addresses,
        numCpus,
        memoryBytes,
        resources,
        store,
        sessionDirectory,
        hostId,
        isHead,
        workers.withPatience(),
        gcsGrace,
        peerGrace,
        spilling);
  }

  /** This configuration with a folder for the object store, unless it names one. */
  public RayletConfig withObjectStoreIn(Path directory) {
    return new RayletConfig(
        gcsAddress,
        secret,
        addresses,
        numCpus,
        memoryBytes,
        resources,
        new Store(
            store.sizeBytes(),
            store.directory().or(() -> Optional.of(directory)),
            store.hasLocalCopies()),
        sessionDirectory,
        hostId,
        isHead,
        workers,
        gcsGrace,
        peerGrace,
        spilling);
  }

  /**
   * The record of these values. The secret is that of {@code MOBULA_TOKEN}, else of the token file.
   *
   * @throws ConfigurationProblem if there is no secret
   */
  public static RayletConfig of(ConfigValues values, Map<String, String> environment)
      throws ConfigurationProblem {
    Optional<Path> session = values.find(SESSION_DIRECTORY);
    Optional<Path> tokenFile =
        values.find(TOKEN_FILE).or(() -> session.map(path -> path.resolve("token")));
    return new RayletConfig(
        values.get(GCS_ADDRESS),
        readSecret(tokenFile, environment),
        new Addresses(
            values.get(HOST),
            values.find(ADVERTISED_HOST),
            values.get(PORT),
            values.get(DATA_PORT)),
        values.find(NUM_CPUS),
        values.find(MEMORY),
        values.get(RESOURCES),
        new Store(
            values.find(OBJECT_STORE_MEMORY),
            values.find(OBJECT_STORE_DIRECTORY),
            values.get(LOCAL_COPIES)),
        session,
        values.find(HOST_ID),
        values.get(HEAD),
        new Workers(
            values.get(SLOTS_PER_WORKER),
            values.get(MAX_WORKERS),
            values.get(IDLE_WORKER_TIMEOUT),
            values.get(WORKER_START_TIMEOUT),
            values.find(WORKER_HEAP)),
        values.get(GCS_GRACE),
        values.get(PEER_GRACE),
        spilling(values));
  }

  private static Spilling spilling(ConfigValues values) throws ConfigurationProblem {
    try {
      List<Path> directories =
          values.find(SPILL_DIRECTORIES).orElse(List.of()).stream().map(Path::of).toList();
      return new Spilling(
          directories,
          SpillConfig.DEFAULT.withBounds(
              values.get(SPILL_THRESHOLD),
              values.get(SPILL_BATCH_BYTES),
              values.find(SPILL_LIMIT).orElse(SpillConfig.DEFAULT.limitBytes())));
    } catch (InvalidPathException e) {
      throw new ConfigurationProblem(
          List.of("raylet.spill-directories names no folder: " + e.getMessage()));
    }
  }

  private static ClusterSecret readSecret(Optional<Path> file, Map<String, String> environment)
      throws ConfigurationProblem {
    try {
      return ClusterSecret.find(null, environment, file.orElse(null))
          .orElseThrow(() ->
              new ConfigurationProblem(
                  List.of("no cluster token; set MOBULA_TOKEN or raylet.token-file")));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationProblem(
          List.of(
              "no usable cluster token: "
                  + e.getMessage()
                  + "; set MOBULA_TOKEN or raylet.token-file"));
    }
  }
}
