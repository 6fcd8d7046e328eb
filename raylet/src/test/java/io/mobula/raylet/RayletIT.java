package io.mobula.raylet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.config.HostPort;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.ReturnLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real raylet with real worker processes. */
final class RayletIT {
  private static final int JOB = 4;
  private static final String WORKER = TinyWorker.class.getName();

  private final RealCluster cluster;

  RayletIT() throws IOException {
    cluster = new RealCluster();
  }

  @AfterEach
  void close() throws IOException {
    cluster.close();
  }

  @Test
  void shouldRunWorkersAndLeaveNothingWhenClosed() throws IOException {
    Path directory;
    Path store;
    long pid;
    try (Raylet raylet = start(cluster, WORKER)) {
      directory = raylet.nodeDirectory();
      store = raylet.storePath();
      assertThat(store).exists();
      assertThat(PropertiesFile.read(directory.resolve("raylet.properties")))
          .containsEntry("rpcAddress", raylet.rpcAddress())
          .containsEntry("nodeNumber", "1");
      cluster.connect(raylet, JOB);
      cluster.request(1, JOB);
      Packet granted = cluster.driverGets(Packet::hasLeaseGranted);
      long worker = granted.getLeaseGranted().getWorker();

      cluster.send(worker, Packet.newBuilder().setAwaitObject(AwaitObject.getDefaultInstance()));
      assertThat(cluster.driverGets(Packet::hasAwaitObject).getFrom()).isEqualTo(worker);

      Packet lines =
          cluster.driverGets(packet -> packet.hasLogLines() && !packet.getLogLines().getIsStderr());
      assertThat(lines.getLogLines().getLinesList()).contains("hello from out");
      pid = lines.getLogLines().getPid();
      assertThat(ProcessHandle.of(pid)).isPresent();

      cluster.send(
          raylet.address(),
          Packet.newBuilder()
              .setReturnLease(
                  ReturnLease.newBuilder().setLease(granted.getLeaseGranted().getLease())));
      cluster.request(2, JOB);
      assertThat(cluster.driverGets(Packet::hasLeaseGranted).getLeaseGranted().getWorker())
          .isEqualTo(worker);
    }
    RealCluster.until(() -> ProcessHandle.of(pid).isEmpty());
    assertThat(directory).doesNotExist();
    assertThat(store).doesNotExist();
    assertThat(store.getParent()).doesNotExist();
    try (Stream<Path> logs = Files.list(cluster.session.logs())) {
      assertThat(logs.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.matches("worker-\\d+-" + pid + "\\.out"));
    }
  }

  @Test
  void shouldTellOfWorkerKilledFromOutsideAndStartAnother() throws IOException {
    try (Raylet raylet = start(cluster, WORKER)) {
      cluster.connect(raylet, JOB);
      cluster.request(1, JOB);
      long worker = cluster.driverGets(Packet::hasLeaseGranted).getLeaseGranted().getWorker();
      long pid = cluster.driverGets(Packet::hasLogLines).getLogLines().getPid();
      assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
      Packet died = cluster.driverGets(Packet::hasProcessDied);
      assertThat(died.getProcessDied().getAddress()).isEqualTo(worker);
      assertThat(died.getProcessDied().getReason()).contains("137");
      cluster.request(2, JOB);
      assertThat(cluster.driverGets(Packet::hasLeaseGranted).getLeaseGranted().getWorker())
          .isNotEqualTo(worker);
    }
  }

  @Test
  void shouldQuoteLastWordsWhenWorkersDoNotStart() throws IOException {
    try (Raylet raylet = start(cluster, "no.such.Main")) {
      cluster.connect(raylet, JOB);
      cluster.request(1, JOB);
      Failure failure = cluster.driverGets(Packet::hasLeaseRefused).getLeaseRefused().getFailure();
      assertThat(failure.getKind()).isEqualTo(FailureKind.WORKER_START_FAILED);
      assertThat(failure.getMessage()).contains("no.such.Main", "exit code 1");
    }
  }

  @Test
  void shouldEndByItselfWhenHeadIsGone() throws IOException, InterruptedException {
    Raylet raylet = start(cluster, WORKER);
    Path directory = raylet.nodeDirectory();
    cluster.connect(raylet, JOB);
    cluster.request(1, JOB);
    cluster.driverGets(Packet::hasLeaseGranted);
    cluster.stopGcs();
    Failure reason = raylet.awaitEnd();
    assertThat(reason.getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(reason.getMessage()).contains("the head");
    assertThat(directory).doesNotExist();
    RealCluster.until(() -> cluster.driver.closeReason != null);
    assertThat(cluster.driver.closeReason).contains("the head");
  }

  @Test
  void shouldSayWhatIsWrongWhenSecretIsWrong() {
    HostPort gcs = cluster.config().gcsAddress();
    RayletConfig wrong =
        RayletConfig.embedded(gcs, ClusterSecret.generate(), cluster.session.path())
            .withObjectStoreBytes(1 << 20);
    assertThatThrownBy(() -> Raylet.start(wrong))
        .isInstanceOfSatisfying(
            RayletStartException.class,
            e -> assertThat(e.failure().getKind()).isEqualTo(FailureKind.UNAUTHENTICATED));
  }

  @Test
  void shouldSayWhoIsMissingWhenNobodyIsThere() {
    RayletConfig lonely =
        RayletConfig.embedded(new HostPort("127.0.0.1", 1), cluster.secret, cluster.session.path())
            .withObjectStoreBytes(1 << 20);
    assertThatThrownBy(() -> Raylet.start(lonely))
        .isInstanceOf(RayletStartException.class)
        .hasMessageContaining("127.0.0.1:1");
  }

  @Test
  void shouldExitWithTwoWhenKeyIsUnknown() throws InterruptedException {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code =
        RayletMain.run(
            List.of("raylet.num-cpu=3"),
            Map.of(),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    assertThat(code).isEqualTo(RayletMain.BAD_CONFIGURATION);
    assertThat(errors.toString(StandardCharsets.UTF_8)).contains("raylet.num-cpus");
  }

  private static Raylet start(RealCluster cluster, String workerMain) throws IOException {
    return Raylet.start(
        cluster.config(), System.getenv(), System.getProperty("java.class.path"), workerMain);
  }
}
