package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ConfigurationException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.Mobula;
import io.mobula.api.Session;
import io.mobula.api.WaitInterruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cluster inside this process is made of, what it refuses, and what it leaves. */
final class EmbeddedClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String temporary = System.getProperty("java.io.tmpdir");

  /** Sessions of other programs of this user come and go. */
  @BeforeEach
  void moveSessions(@TempDir Path folder) {
    System.setProperty("java.io.tmpdir", folder.toString());
  }

  @AfterEach
  void moveSessionsBack() {
    System.setProperty("java.io.tmpdir", temporary);
  }

  /** Options that a cluster can't be started with, and what the message has to name. */
  enum Refused {
    STORE_TOO_LARGE(o -> o.objectStoreBytes(Long.MAX_VALUE / 2), "object-store-memory"),
    MEMORY_TOO_LARGE(o -> o.memoryBytes(Long.MAX_VALUE), "memory"),
    CPUS_NOT_A_NUMBER(o -> o.config("raylet.num-cpus", "some"), "raylet.num-cpus"),
    RAYLET_KEY_UNKNOWN(o -> o.config("raylet.num-cpu", "1"), "raylet.num-cpu"),
    GCS_KEY_UNKNOWN(o -> o.config("gcs.history", "1"), "gcs.history"),
    GCS_VALUE_WRONG(o -> o.config("gcs.history-count", "-1"), "gcs.history-count");

    @SuppressWarnings("ImmutableEnumChecker") // The lambdas have no state.
    private final Consumer<InitOptions.Builder> options;

    private final String named;

    Refused(Consumer<InitOptions.Builder> options, String named) {
      this.options = options;
      this.named = named;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldNameTheOptionAndLeaveNothingWhenItIsRefused(Refused refused) throws Exception {
    ConfigurationException refusal =
        catchThrowableOfType(ConfigurationException.class, () -> startLocal(refused.options));
    assertThat(refusal).isNotNull().hasMessageContaining(refused.named);
    assertThat(refusal.code()).isIn(ErrorCode.OPTION_INVALID, ErrorCode.OPTION_UNKNOWN);
    assertThat(sessions()).isEmpty();
    assertThat(threadsNamed("gcs", "raylet")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseTheSameWhenItsWorkersAreProcesses(Refused refused) throws Exception {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> start(refused.options))
        .withMessageContaining(refused.named);
    // What other processes have is kept, and so are logs; a secret is not.
    for (Path session : sessions()) {
      assertThat(session.resolve("token")).doesNotExist();
    }
    assertThat(threadsNamed("gcs", "raylet")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void shouldHaveAsManyNodesAsItIsTold(int nodes) throws Exception {
    try (EmbeddedCluster cluster =
        start(o ->
            o.numCpus(2)
                .objectStoreBytes(8L << 20)
                .memoryBytes(1L << 30)
                .config("driver.nodes", Integer.toString(nodes)))) {
      ClusterStatus status = client(cluster).status();
      assertThat(status.nodes()).hasSize(nodes);
      assertThat(status.nodes().stream().map(ClusterStatus.Node::number)).doesNotHaveDuplicates();
      assertThat(status.nodes().stream().filter(ClusterStatus.Node::isHead)).hasSize(1);
      assertThat(status.jobs()).isEmpty();
    }
  }

  /** Who asks an ended cluster is told so, and does not wait for an answer. */
  @Test
  void shouldBeUnreachableWhenItIsClosed() throws Exception {
    EmbeddedCluster cluster = start(o -> o.numCpus(1).objectStoreBytes(8L << 20));
    ClusterClient client = client(cluster);
    assertThat(client.status().nodes()).hasSize(1);
    cluster.close();
    assertThatExceptionOfType(ClusterConnectionException.class).isThrownBy(client::status);
    assertThatCode(cluster::close).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseAnotherClustersSecret() throws Exception {
    try (EmbeddedCluster one = start(o -> o.numCpus(1).objectStoreBytes(8L << 20));
        EmbeddedCluster two = start(o -> o.numCpus(1).objectStoreBytes(8L << 20))) {
      assertThat(one.secret().hex()).isNotEqualTo(two.secret().hex());
      assertThat(one.hostId()).isEqualTo(two.hostId());
      ClusterConnectionException refusal =
          catchThrowableOfType(
              ClusterConnectionException.class,
              () -> new ClusterClient(address(one), two.secret().hex(), PATIENCE).status());
      assertThat(refusal).isNotNull();
      assertThat(refusal.code()).isEqualTo(ErrorCode.SECRET_REFUSED);
    }
  }

  /** A program of the same user that joins by address finds the secret by itself, until the end. */
  @Test
  void shouldLetThisUserFindTheSecretUntilItIsClosed() throws Exception {
    EmbeddedCluster cluster = start(o -> o.numCpus(1).objectStoreBytes(8L << 20));
    String address = address(cluster);
    assertThat(ClusterTokens.find(null, Map.of(), address).hex()).isEqualTo(cluster.secret().hex());
    cluster.close();
    assertThatExceptionOfType(ClusterConnectionException.class)
        .isThrownBy(() -> ClusterTokens.find(null, Map.of(), address))
        .withMessageContaining(address)
        .withMessageContaining("MOBULA_TOKEN");
  }

  @Test
  void shouldLeaveNoFileWhenALocalOneIsClosed() throws Exception {
    EmbeddedCluster cluster = startLocal(o -> o.numCpus(1).objectStoreBytes(8L << 20));
    assertThat(sessions()).hasSize(1);
    cluster.close();
    assertThat(sessions()).isEmpty();
    assertThat(threadsNamed("gcs", "raylet")).isEmpty();
    assertThatCode(cluster::close).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldStayInterruptedAndLeaveNothingWhenItsStartIsInterrupted(boolean isLocal) {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(WaitInterruptedException.class)
        .isThrownBy(() -> Mobula.init(o -> o.local(isLocal).numCpus(1)))
        .withMessageContaining("interrupted while the embedded cluster started");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Mobula.isInitialized()).isFalse();
    try (Session next = Mobula.init(o -> o.local(true).numCpus(1))) {
      assertThat(next).isNotNull();
      assertThat(Mobula.nodes()).hasSize(1);
    }
  }

  @Test
  void shouldPreferOptionsToTheEnvironment() throws Exception {
    Map<String, String> environment =
        Map.of("MOBULA_RAYLET_NUM_CPUS", "7", "MOBULA_RAYLET_MEMORY", "1g");
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(
            InitOptions.of(o -> o.numCpus(3).objectStoreBytes(8L << 20)), environment, List.of())) {
      assertThat(client(cluster).status().nodes())
          .singleElement()
          .satisfies(node -> {
            assertThat(node.total()).containsEntry("CPU", 3.0);
            assertThat(node.total()).containsEntry("memory", (double) (1L << 30));
          });
    }
  }

  private static EmbeddedCluster start(Consumer<InitOptions.Builder> options) {
    return EmbeddedCluster.start(InitOptions.of(options), Map.of(), List.of());
  }

  private static EmbeddedCluster startLocal(Consumer<InitOptions.Builder> options) {
    return EmbeddedCluster.startLocal(
        InitOptions.of(options),
        Map.of(),
        new InProcessNetwork(),
        EmbeddedClusterTest.class.getClassLoader());
  }

  private static ClusterClient client(EmbeddedCluster cluster) throws IOException {
    return new ClusterClient(address(cluster), cluster.secret().hex(), PATIENCE);
  }

  /** As the head has written it down for other programs of this user. */
  private static String address(EmbeddedCluster cluster) throws IOException {
    Path folder = Path.of(cluster.raylet());
    while (!Files.exists(folder.resolve("gcs.properties"))) {
      folder = Objects.requireNonNull(folder.getParent(), "no gcs.properties");
    }
    return Objects.requireNonNull(
        PropertiesFile.read(folder.resolve("gcs.properties")).get("address"));
  }

  private static List<Path> sessions() throws IOException {
    return SessionRoot.openDefault().sessions();
  }

  private static List<String> threadsNamed(String... prefixes) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> List.of(prefixes).stream().anyMatch(name::startsWith))
        .toList();
  }
}
