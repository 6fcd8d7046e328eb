package io.mobula.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GetCluster;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Shutdown;
import io.mobula.rpc.GrpcDialer;
import io.mobula.rpc.RpcThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole GCS over gRPC, and one in a process of its own. */
final class GcsServerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final ClusterSecret secret = ClusterSecret.generate();
  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  @TempDir private Path folder;
  private SessionDirectory session;

  @BeforeEach
  void createSession() throws IOException {
    session = SessionRoot.open(folder.resolve("root")).createSession();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
    session.close();
  }

  @Test
  void shouldAnswerAndEndWhenACommandAsks() throws Exception {
    GcsServer server = GcsServer.start(GcsConfig.embedded(session.path(), secret));
    toClose.add(server);
    assertThat(PropertiesFile.read(session.gcsReadyFile()))
        .containsEntry("address", server.address().toString())
        .containsKey("pid");
    AgentLoop<String> loop = dial(server.address().toString(), secret);
    Link link = (Link) next();
    long address = link.welcome().getAssigned();
    assertThat(link.welcome().getClusterId()).isEqualTo(server.clusterId());
    send(
        loop,
        link,
        Packet.newBuilder()
            .setFrom(address)
            .setTo(0)
            .setCorrelation(1)
            .setGetCluster(GetCluster.getDefaultInstance())
            .build());
    assertThat(((Packet) next()).getClusterSnapshot().getClusterId()).isEqualTo(server.clusterId());
    send(
        loop,
        link,
        Packet.newBuilder()
            .setFrom(address)
            .setTo(0)
            .setShutdown(Shutdown.newBuilder().setReason("enough"))
            .build());
    assertThat(server.endRequested().get(20, TimeUnit.SECONDS)).isEqualTo("enough");
    server.close();
    assertThat(next()).asString().isNotEmpty();
    assertThat(session.gcsReadyFile()).doesNotExist();
    assertThat(session.gcsPackages()).doesNotExist();
  }

  @Test
  void shouldRefuseWhenTheSecretIsWrong() throws Exception {
    GcsServer server = GcsServer.start(GcsConfig.embedded(session.path(), secret));
    toClose.add(server);
    dial(server.address().toString(), ClusterSecret.generate());
    assertThat(((Failure) next()).getKind()).isEqualTo(FailureKind.UNAUTHENTICATED);
  }

  @Test
  void shouldFailClearlyWhenThePortOrTheSessionIsTaken() throws Exception {
    GcsServer server = GcsServer.start(GcsConfig.embedded(session.path(), secret));
    toClose.add(server);
    assertThatThrownBy(() -> GcsServer.start(GcsConfig.embedded(session.path(), secret)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another GCS runs in this session");
    SessionDirectory other = SessionRoot.open(folder.resolve("root")).createSession();
    toClose.add(other);
    GcsConfig samePort =
        GcsConfig.of(
            io.mobula.agent.config.ConfigSource.empty()
                .withFlags(
                    List.of(
                        "gcs.session-directory=" + other.path(),
                        "gcs.port=" + server.address().port()))
                .read(GcsConfig.SCHEMA),
            Map.of("MOBULA_TOKEN", secret.hex()));
    assertThatThrownBy(() -> GcsServer.start(samePort))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("port=" + server.address().port());
    other.lockForGcs().close();
  }

  @Test
  void shouldRunAsAProcessUntilSigterm() throws Exception {
    secret.write(session.tokenFile());
    Process process = start("gcs.session-directory=" + session.path(), "gcs.port=0");
    try {
      await().atMost(DEADLINE).until(() -> session.gcsReadyFile().toFile().exists());
      dial(String.valueOf(PropertiesFile.read(session.gcsReadyFile()).get("address")), secret);
      assertThat(next()).isInstanceOf(Link.class);
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(session.gcsReadyFile()).doesNotExist();
      assertThat(next()).asString().isNotEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldExitWithTwoAndOneClearLineWhenTheConfigurationIsBad() throws Exception {
    Process process = start("gcs.session-directory=" + session.path(), "gcs.prot=1");
    try (BufferedReader errors = process.errorReader(UTF_8)) {
      assertThat(errors.lines().toList().getLast())
          .isEqualTo("bad configuration: unknown key: key=gcs.prot; did you mean gcs.port?");
      assertThat(process.waitFor()).isEqualTo(2);
    }
  }

  private AgentLoop<String> dial(String target, ClusterSecret known) {
    RpcThread rpc = RpcThread.start("test-rpc");
    toClose.add(rpc);
    GrpcDialer dialer = new GrpcDialer(rpc, LinkLimits.DEFAULT);
    AgentLoop<String> loop = AgentLoop.start(new Idle(), LoopConfig.defaults());
    toClose.add(loop);
    toClose.add(dialer);
    dialer.connect(
        target,
        known.hex(),
        Hello.newBuilder().setKind(ProcessKind.CLIENT).build(),
        new Recorder(),
        loop.executor());
    return loop;
  }

  private static void send(AgentLoop<String> loop, Link link, Packet packet) {
    assertThat(loop.executor().post(() -> link.send(packet))).isTrue();
  }

  private Object next() throws InterruptedException {
    Object event = events.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    assertThat(event).as("an event in time").isNotNull();
    return java.util.Objects.requireNonNull(event);
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                GcsMain.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private final class Recorder implements DialHandler {
    @Override
    public void onOpen(Link link) {
      events.add(link);
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      try {
        events.add(Packet.parseFrom(packet));
      } catch (IOException e) {
        events.add(e);
      }
    }

    @Override
    public void onClosed(Link link, String reason) {
      events.add(reason);
    }

    @Override
    public void onRefused(Failure failure) {
      events.add(failure);
    }
  }

  private static final class Idle implements Agent<String> {
    @Override
    public String role() {
      return "test";
    }

    @Override
    public void onStart(LoopContext context) {
      // Only lends its thread to links.
    }

    @Override
    public void onMessage(String message) {
      // Nobody sends any.
    }
  }
}
