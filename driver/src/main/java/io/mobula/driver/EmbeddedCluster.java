package io.mobula.driver;

import io.mobula.agent.config.ConfigSource;
import io.mobula.agent.config.ConfigurationProblem;
import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.loop.AwakeClock;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.DirectoryDeletion;
import io.mobula.agent.session.HostIdentity;
import io.mobula.agent.session.OpenParts;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.MobulaException;
import io.mobula.api.WaitInterruptedException;
import io.mobula.driver.local.LocalWorkers;
import io.mobula.gcs.GcsConfig;
import io.mobula.gcs.GcsServer;
import io.mobula.raylet.HostCapacity;
import io.mobula.raylet.InProcess;
import io.mobula.raylet.Raylet;
import io.mobula.raylet.RayletConfig;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster inside this process: GCS and raylets (one, unless {@link DriverConfig} says more) on
 * their own threads, reachable from this host only and with a secret of its own; the workers are
 * processes as everywhere. Before it starts, it removes what dead clusters of this user left
 * behind.
 */
final class EmbeddedCluster implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EmbeddedCluster.class.getName());

  private final SessionDirectory directory;
  private final ClusterSecret secret;
  private final String hostId;
  private final GcsServer gcs;
  private final List<Raylet> raylets;
  private final @Nullable LocalWorkers localWorkers;

  private EmbeddedCluster(
      SessionDirectory directory,
      ClusterSecret secret,
      String hostId,
      GcsServer gcs,
      List<Raylet> raylets,
      @Nullable LocalWorkers localWorkers) {
    this.directory = directory;
    this.secret = secret;
    this.hostId = hostId;
    this.gcs = gcs;
    this.raylets = raylets;
    this.localWorkers = localWorkers;
  }

  /**
   * @param classes folders and jars that have this program's classes, and Mobula's
   * @throws MobulaException if it can't be started; the message says why
   */
  static EmbeddedCluster start(
      InitOptions options, Map<String, String> environment, List<Path> classes) {
    String classPath =
        classes.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return start(options, environment, parts -> parts.startNodes(classPath));
  }

  /**
   * Starts one without any other process: its workers are threads, and all of it dials each other
   * in the network.
   *
   * @param loader finds the user's classes
   * @throws MobulaException if it can't be started; the message says why
   */
  static EmbeddedCluster startLocal(
      InitOptions options,
      Map<String, String> environment,
      InProcessNetwork network,
      ClassLoader loader) {
    LocalWorkers workers = new LocalWorkers(network, loader, AwakeClock.INSTANCE);
    return start(options, environment, parts -> parts.startLocal(network, workers));
  }

  private static EmbeddedCluster start(
      InitOptions options, Map<String, String> environment, Start start) {
    try {
      SessionRoot root = SessionRoot.openDefault();
      root.sweep();
      return start(root, options, environment, start);
    } catch (ConfigurationProblem e) {
      throw new ConfigurationException(
          ErrorCode.OPTION_INVALID, String.join("; ", e.problems()), e);
    } catch (IllegalArgumentException e) {
      // A value that is well-formed but does not fit this machine, such as the size of the store.
      throw new ConfigurationException(ErrorCode.OPTION_INVALID, String.valueOf(e.getMessage()), e);
    } catch (InterruptedIOException e) {
      throw new WaitInterruptedException(
          "interrupted while the embedded cluster started: reason=" + e.getMessage(), e);
    } catch (IOException e) {
      throw new MobulaException(
          ErrorCode.START_FAILED, "the embedded cluster can't be started: " + e.getMessage(), e);
    }
  }

  private static EmbeddedCluster start(
      SessionRoot root, InitOptions options, Map<String, String> environment, Start start)
      throws IOException, ConfigurationProblem {
    SessionDirectory directory = root.createSession();
    Parts parts = null;
    boolean isStarted = false;
    try {
      ClusterSecret secret = ClusterSecret.generate();
      Map<String, String> own = new HashMap<>(environment);
      own.put(ClusterSecret.ENVIRONMENT_VARIABLE, secret.hex());
      parts = new Parts(directory, secret, options, environment, own);
      start.start(parts);
      String hostId = HostIdentity.detect(root, environment).id();
      isStarted = true;
      return new EmbeddedCluster(
          directory,
          secret,
          hostId,
          Objects.requireNonNull(parts.gcs),
          List.copyOf(parts.raylets),
          parts.localWorkers);
    } finally {
      if (!isStarted) {
        if (parts != null) {
          parts.close();
        }
        OpenParts.close("token file", () -> Files.deleteIfExists(directory.tokenFile()));
        if (parts != null && parts.localWorkers != null) {
          // Nothing of a local cluster is worth keeping: it has no logs of its own.
          OpenParts.close("session folder", () -> DirectoryDeletion.delete(directory.path()));
        }
        directory.close();
      }
    }
  }

  /** Whoever is linked to a GCS that has failed must hear of it: its links end with it. */
  private static void closeIfFailed(GcsServer gcs) {
    var _ =
        gcs.endRequested()
            .whenComplete((_, thrown) -> {
              if (thrown != null) {
                LOG.log(
                    System.Logger.Level.ERROR, "the GCS failed, and with it the cluster", thrown);
                // Not on its own loop's thread, whose end that waits for.
                Thread.ofPlatform().name("gcs-teardown").daemon(true).start(gcs::close);
              }
            });
  }

  private static GcsConfig gcsConfig(
      SessionDirectory directory, InitOptions options, Map<String, String> environment)
      throws ConfigurationProblem {
    List<String> flags = flags(options);
    flags.add("gcs.session-directory=" + directory.path());
    flags.add("gcs.port=0");
    return GcsConfig.of(
        ConfigSource.empty().withEnvironment(environment).withFlags(flags).read(GcsConfig.SCHEMA),
        environment);
  }

  private static RayletConfig rayletConfig(
      SessionDirectory directory,
      GcsServer gcs,
      InitOptions options,
      Map<String, String> environment,
      int nodes,
      boolean isHead)
      throws ConfigurationProblem {
    List<String> flags = flags(options);
    flags.add("raylet.gcs-address=" + gcs.address());
    flags.add("raylet.session-directory=" + directory.path());
    flags.add("raylet.head=" + isHead);
    if (options.numCpus() != null) {
      flags.add("raylet.num-cpus=" + options.numCpus());
    }
    if (options.memoryBytes() != null) {
      flags.add("raylet.memory=" + options.memoryBytes());
    }
    if (options.objectStoreBytes() != null) {
      flags.add("raylet.object-store-memory=" + options.objectStoreBytes());
    }
    if (!options.resources().isEmpty()) {
      List<String> amounts = new ArrayList<>();
      options.resources().forEach((name, amount) -> amounts.add(name + "=" + amount));
      flags.add("raylet.resources=" + String.join(",", amounts));
    }
    return RayletConfig.of(
        ConfigSource.empty()
            .withFile(NodeShare.settings(nodes, HostCapacity.detect()))
            .withEnvironment(environment)
            .withFlags(flags)
            .read(RayletConfig.SCHEMA),
        environment);
  }

  private static List<String> flags(InitOptions options) {
    List<String> flags = new ArrayList<>();
    options.config().forEach((key, value) -> flags.add(key + "=" + value));
    return flags;
  }

  /** The Unix socket of the head's raylet, for the driver. */
  String raylet() {
    return raylets.getFirst().rpcSocket().toString();
  }

  /** Where the driver dials the raylet of a local cluster. */
  Path localRaylet() {
    return raylets.getFirst().localSocket();
  }

  ClusterSecret secret() {
    return secret;
  }

  String hostId() {
    return hostId;
  }

  /** Ends the workers, the raylets and the GCS, and removes every file but the logs. */
  @Override
  public void close() {
    OpenParts parts = new OpenParts();
    parts.add(directory);
    if (localWorkers != null) {
      parts.add("session folder", () -> DirectoryDeletion.delete(directory.path()));
    }
    // Logs stay until the next start; a secret does not. A local cluster has neither.
    parts.add("token file", () -> Files.deleteIfExists(directory.tokenFile()));
    if (localWorkers != null) {
      parts.add(localWorkers);
    }
    parts.add(gcs);
    raylets.forEach(parts::add);
    parts.close();
  }

  /** Starts the daemons. */
  private interface Start {
    void start(Parts parts) throws IOException, ConfigurationProblem;
  }

  /** What has been started so far. Used by the starting thread. */
  private static final class Parts {
    private final SessionDirectory directory;
    private final ClusterSecret secret;
    private final InitOptions options;
    private final Map<String, String> inherited;
    private final Map<String, String> own;
    private final List<Raylet> raylets = new ArrayList<>();
    private @Nullable GcsServer gcs;
    private @Nullable LocalWorkers localWorkers;

    /**
     * @param inherited what workers inherit
     * @param own the same with the cluster's secret
     */
    Parts(
        SessionDirectory directory,
        ClusterSecret secret,
        InitOptions options,
        Map<String, String> inherited,
        Map<String, String> own) {
      this.directory = directory;
      this.secret = secret;
      this.options = options;
      this.inherited = inherited;
      this.own = own;
    }

    void startNodes(String classPath) throws IOException, ConfigurationProblem {
      secret.write(directory.tokenFile());
      int nodes = DriverConfig.read(options, own).nodes();
      GcsServer started = GcsServer.start(gcsConfig(directory, options, own));
      gcs = started;
      closeIfFailed(started);
      for (int i = 0; i < nodes; i++) {
        raylets.add(
            Raylet.start(
                rayletConfig(directory, started, options, own, nodes, i == 0),
                inherited,
                classPath));
      }
    }

    void startLocal(InProcessNetwork network, LocalWorkers workers)
        throws IOException, ConfigurationProblem {
      localWorkers = workers;
      GcsServer started = GcsServer.startLocal(gcsConfig(directory, options, own), network);
      gcs = started;
      closeIfFailed(started);
      raylets.add(
          Raylet.startLocal(
              rayletConfig(directory, started, options, own, 1, true)
                  .withObjectStoreIn(directory.path()),
              new InProcess(network, GcsServer.localPath(directory.path()), workers),
              inherited));
    }

    void close() {
      OpenParts opened = new OpenParts();
      if (localWorkers != null) {
        opened.add(localWorkers);
      }
      if (gcs != null) {
        opened.add(gcs);
      }
      raylets.forEach(opened::add);
      opened.close();
    }
  }
}
