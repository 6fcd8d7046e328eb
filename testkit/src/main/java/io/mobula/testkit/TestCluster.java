package io.mobula.testkit;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.HostIdentity;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.InitOptions;
import io.mobula.driver.ClusterClient;
import io.mobula.driver.ClusterStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A cluster of real processes: a GCS and raylets, each a child of this one, in a {@link TestHome}
 * of their own. Used by one thread.
 *
 * <p>Its nodes count as this machine's, so that drivers, this process too, share files and memory
 * with them; a node started with {@code raylet.host-id} counts as another machine. The daemons'
 * class path is this JVM's, less the folders that the test's own classes are in, so that those
 * reach the workers as a user's do.
 */
public final class TestCluster implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(70);
  private static final Duration STOP_MAX = Duration.ofSeconds(20);
  private static final Duration ASK_MAX = Duration.ofSeconds(30);

  private final TestHome home;
  private final SessionDirectory session;
  private final ClusterSecret secret;
  private final String hostId;
  private final String classPath;
  private final ChildJvm gcs;
  private final String address;
  private final List<TestNode> nodes = new ArrayList<>();

  private TestCluster(String classPath) throws IOException {
    this.classPath = classPath;
    home = TestHome.create();
    session = home.root().createSession();
    secret = ClusterSecret.generate();
    secret.write(session.tokenFile());
    hostId = HostIdentity.detect(SessionRoot.openDefault(), Map.of()).id();
    gcs =
        ChildJvm.start(
            classPath,
            "io.mobula.gcs.GcsMain",
            List.of("gcs.session-directory=" + session.path(), "gcs.port=0"),
            home.environment());
    awaitFile(session.gcsReadyFile(), gcs);
    address = PropertiesFile.read(session.gcsReadyFile()).getOrDefault("address", "");
  }

  /**
   * Starts a GCS, and a raylet for each of the lists.
   *
   * @param testClasses of the test, which its daemons shall not have on their class path
   * @param nodeSettings as {@code key=value}; the first node is the head's
   */
  @SafeVarargs
  public static TestCluster start(Class<?> testClasses, List<String>... nodeSettings) {
    try {
      TestCluster cluster = new TestCluster(ClassPaths.without(testClasses));
      try {
        for (List<String> settings : nodeSettings) {
          cluster.addNode(settings);
        }
        return cluster;
      } catch (RuntimeException | AssertionError e) {
        cluster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one more raylet and waits until it has joined. */
  public TestNode addNode(List<String> settings) {
    List<String> arguments = new ArrayList<>(settings);
    arguments.add("raylet.gcs-address=" + address);
    arguments.add("raylet.session-directory=" + session.path());
    arguments.add("raylet.head=" + nodes.isEmpty());
    if (settings.stream().noneMatch(setting -> setting.startsWith("raylet.host-id="))) {
      arguments.add("raylet.host-id=" + hostId);
    }
    ChildJvm raylet =
        ChildJvm.start(classPath, "io.mobula.raylet.RayletMain", arguments, home.environment());
    TestNode node = awaitNode(raylet);
    nodes.add(node);
    return node;
  }

  public TestHome home() {
    return home;
  }

  public ChildJvm gcs() {
    return gcs;
  }

  /** The GCS's, as host:port. */
  public String address() {
    return address;
  }

  public String secret() {
    return secret.hex();
  }

  /** In the order they were started, dead ones too. */
  public List<TestNode> nodes() {
    return List.copyOf(nodes);
  }

  /** What a driver in this process gives to {@code Mobula.init}. */
  public Consumer<InitOptions.Builder> asDriver() {
    return options -> options.address(address).token(secret());
  }

  /** Runs a program of the test as a driver of this cluster, which it finds by its environment. */
  public ChildJvm startDriver(Class<?> mainClass, String... arguments) {
    Map<String, String> environment = new HashMap<>(home.environment());
    environment.put("MOBULA_ADDRESS", address);
    environment.put("MOBULA_TOKEN", secret());
    environment.put(HostIdentity.ENVIRONMENT_VARIABLE, hostId);
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        mainClass.getName(),
        List.of(arguments),
        environment);
  }

  /** What {@code mobula status} shows. */
  public ClusterStatus status() {
    return new ClusterClient(address, secret(), ASK_MAX).status();
  }

  /** The node of this number as the GCS sees it, alive or dead. */
  public ClusterStatus.Node statusOf(TestNode node) {
    return status().nodes().stream()
        .filter(each -> each.number() == node.number())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such node: number=" + node.number()));
  }

  /** Asks all its processes to end, raylets first, and deletes everything. */
  @Override
  public void close() {
    try {
      home.nodeDirectories();
      nodes.forEach(node -> stop(node.process()));
      nodes.forEach(node -> node.process().awaitExit(STOP_MAX));
      stop(gcs);
      gcs.awaitExit(STOP_MAX);
      session.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      home.close();
    }
  }

  private static void stop(ChildJvm process) {
    if (process.isAlive()) {
      Signal.CONT.sendTo(process.pid());
      Signal.TERM.sendTo(process.pid());
    }
  }

  private TestNode awaitNode(ChildJvm raylet) {
    Deadline.in(START_MAX)
        .await(
            () -> "a raylet that has joined: " + raylet,
            () -> !raylet.isAlive() || find(raylet.pid()).isPresent());
    return find(raylet.pid())
        .map(ready -> new TestNode(raylet, ready.number, ready.directory, ready.rpcAddress))
        .orElseThrow(() -> new AssertionError("the raylet ended at once: " + raylet));
  }

  private Optional<Ready> find(long pid) throws AssertionError {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(session.path(), "n*")) {
      for (Path folder : folders) {
        Path file = folder.resolve("raylet.properties");
        if (Files.exists(file)) {
          Map<String, String> ready = PropertiesFile.read(file);
          if (Long.toString(pid).equals(ready.get("pid"))) {
            return Optional.of(
                new Ready(
                    folder,
                    Integer.parseInt(ready.getOrDefault("nodeNumber", "")),
                    ready.getOrDefault("rpcAddress", "")));
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitFile(Path file, ChildJvm process) {
    Deadline.in(START_MAX)
        .await(
            () -> "a process that is ready: " + process,
            () -> !process.isAlive() || Files.exists(file));
    if (!process.isAlive()) {
      throw new AssertionError("the process ended at once: " + process);
    }
  }

  private record Ready(Path directory, int number, String rpcAddress) {}
}
