package io.mobula.raylet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.board.BoardReport;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.ClusterUpdate;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.JobConfig;
import io.mobula.proto.KillProcess;
import io.mobula.proto.LeaseClosed;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.ObjectId;
import io.mobula.proto.PackageChunk;
import io.mobula.proto.Packet;
import io.mobula.proto.PlaceActor;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Refusal;
import io.mobula.proto.RequestLease;
import io.mobula.proto.Resources;
import io.mobula.proto.ReturnLease;
import io.mobula.proto.SealObject;
import io.mobula.proto.Shutdown;
import io.mobula.proto.StreamBegin;
import io.mobula.proto.WorkerEnd;
import io.mobula.raylet.worker.LastWords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RayletAgentTest {
  private static final int JOB = 3;
  private final FakeCluster cluster;

  RayletAgentTest() throws IOException {
    cluster = new FakeCluster(2);
  }

  @BeforeEach
  void join() {
    cluster.run();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void shouldJoinWithItsNumberAndResources() {
    assertThat(Objects.requireNonNull(cluster.edges.identity).node()).isEqualTo(1);
    NodeDescription node = Objects.requireNonNull(cluster.gcs.node);
    assertThat(node.getRpcAddress()).isEqualTo("127.0.0.1:8000");
    assertThat(node.getTotal().getAmountsOrThrow("CPU")).isEqualTo(20_000);
    assertThat(cluster.edges.objects.nodes).hasSize(1);
  }

  @Test
  void shouldWelcomeDriverAndTellTheGcs() {
    Party driver = cluster.driver();
    assertThat(driver.address()).isEqualTo(ProcessAddress.of(1, 1));
    assertThat(cluster.gcs.take(Packet::hasProcessStarted)).isPresent();
    assertThat(cluster.edges.objects.clients).containsExactly(driver.address());
    assertThat(cluster.edges.objects.holdTables).containsOnlyKeys(driver.address());
  }

  @Test
  void shouldPrestartWorkerAndGrantLeaseInIt() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    assertThat(cluster.edges.launched).containsKey(2);
    assertThat(cluster.edges.settings.get(2))
        .containsEntry("MOBULA_WORKER_NUMBER", "2")
        .containsEntry("MOBULA_JOB", "3")
        .containsEntry("MOBULA_NAMESPACE", "ns")
        .containsEntry("MOBULA_STORE_PATH", "/store");
    Party worker = cluster.worker(2);
    Packet granted = lease(driver, 1);
    assertThat(granted.getLeaseGranted().getWorker()).isEqualTo(worker.address());
  }

  @Test
  void shouldRevokeReturnedLeaseAndFreeItsResourcesWhenClosed() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    long lease = lease(driver, 2).getLeaseGranted().getLease();
    request(driver, 2, 2);
    driver.send(
        FakeCluster.RAYLET,
        Packet.newBuilder().setReturnLease(ReturnLease.newBuilder().setLease(lease)));
    cluster.run();
    assertThat(worker.take(Packet::hasRevokeLease)).isPresent();
    assertThat(driver.take(Packet::hasLeaseGranted)).isEmpty();
    worker.send(
        FakeCluster.RAYLET,
        Packet.newBuilder().setLeaseClosed(LeaseClosed.newBuilder().setLease(lease)));
    cluster.run();
    assertThat(driver.take(Packet::hasLeaseGranted)).isPresent();
  }

  @Test
  void shouldRefuseWhatNoNodeHas() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    request(driver, 1, 64);
    cluster.advance(Duration.ofSeconds(1).toNanos());
    Packet refused = driver.take(Packet::hasLeaseRefused).orElseThrow();
    assertThat(refused.getLeaseRefused().getFailure().getKind())
        .isEqualTo(FailureKind.UNSCHEDULABLE);
  }

  @Test
  void shouldTellEverybodyWhenWorkerDies() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    lease(driver, 1);
    long address = worker.address();
    kill(worker);
    cluster.exited(2, "exit code 137");
    ProcessDied atDriver = driver.take(Packet::hasProcessDied).orElseThrow().getProcessDied();
    assertThat(atDriver.getAddress()).isEqualTo(address);
    assertThat(atDriver.getReason()).contains("137");
    assertThat(atDriver.getIsExpected()).isFalse();
    assertThat(cluster.gcs.take(Packet::hasProcessDied)).isPresent();
    assertThat(cluster.edges.objects.dead).contains(address);
  }

  @Test
  void shouldTellTheHolderOfALeaseFirstAndAllWhenItsWorkerDies() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    long lease = lease(driver, 1).getLeaseGranted().getLease();
    kill(worker);
    cluster.exited(
        2,
        "exit code 1",
        new LastWords(
            List.of("no memory"),
            new BoardReport(
                true, Map.of(lease, new BoardReport.LeaseRun(List.of(7L, 8L), true)), 3)));

    Packet first =
        driver.take(packet -> packet.hasLeaseEnded() || packet.hasProcessDied()).orElseThrow();
    assertThat(first.getLeaseEnded().getLease()).isEqualTo(lease);
    WorkerEnd end = first.getLeaseEnded().getEnd();
    assertThat(end.getWorker()).isEqualTo(ProcessAddress.of(1, 2));
    assertThat(end.getReason()).isEqualTo("exit code 1");
    assertThat(end.getLastLinesList()).containsExactly("no memory");
    assertThat(end.getIsRecorded()).isTrue();
    assertThat(end.getStartedList()).containsExactly(7L, 8L);
    assertThat(end.getIsRunning()).isTrue();
    assertThat(end.getRunningTasks()).isEqualTo(3);
    assertThat(driver.take(Packet::hasProcessDied)).isPresent();
  }

  @Test
  void shouldSayThatNothingIsRecordedWhenAWorkerLeftNoBoard() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    lease(driver, 1);
    kill(worker);
    cluster.exited(2, "exit code 1");
    Packet ended = driver.take(Packet::hasLeaseEnded).orElseThrow();
    assertThat(ended.getLeaseEnded().hasEnd()).isTrue();
    assertThat(ended.getLeaseEnded().getEnd().getIsRecorded()).isFalse();
  }

  @Test
  void shouldWaitForTheProcessWhenAWorkerCanNoLongerBeReached() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    long returned = lease(driver, 1).getLeaseGranted().getLease();
    request(driver, 2, 1);
    long held = driver.take(Packet::hasLeaseGranted).orElseThrow().getLeaseGranted().getLease();
    kill(worker);
    driver.send(
        FakeCluster.RAYLET,
        Packet.newBuilder().setReturnLease(ReturnLease.newBuilder().setLease(returned)));
    cluster.run();
    assertThat(driver.take(Packet::hasLeaseEnded)).isEmpty();
    cluster.exited(2, "exit code 1");
    assertThat(driver.take(Packet::hasLeaseEnded).orElseThrow().getLeaseEnded().getLease())
        .isEqualTo(held);
  }

  @Test
  void shouldTellTheHolderWhenTheWorkerClosesItsLease() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    long lease = lease(driver, 1).getLeaseGranted().getLease();
    worker.send(
        FakeCluster.RAYLET,
        Packet.newBuilder().setLeaseClosed(LeaseClosed.newBuilder().setLease(lease)));
    cluster.run();
    Packet ended = driver.take(Packet::hasLeaseEnded).orElseThrow();
    assertThat(ended.getLeaseEnded().getLease()).isEqualTo(lease);
    assertThat(ended.getLeaseEnded().hasEnd()).isFalse();
  }

  @Test
  void shouldTellTheGcsAndRevokeLeasesWhenDriverDies() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    lease(driver, 1);
    kill(driver);
    cluster.run();
    assertThat(worker.take(Packet::hasRevokeLease)).isPresent();
    Packet died = cluster.gcs.take(Packet::hasProcessDied).orElseThrow();
    assertThat(died.getProcessDied().getKind()).isEqualTo(ProcessKind.DRIVER);
  }

  @Test
  void shouldEndWorkersWhenJobEnds() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    cluster.worker(2);
    cluster.gcs.endJob(JOB);
    cluster.run();
    assertThat(cluster.edges.signals).containsExactly("terminate 2");
    cluster.advance(2 * FakeCluster.SECOND);
    assertThat(cluster.edges.signals).containsExactly("terminate 2", "kill 2");
    request(driver, 1, 1);
    assertThat(driver.take(Packet::hasLeaseRefused)).isPresent();
  }

  @Test
  void shouldPlaceActorInProcessOfItsOwnAndKillIt() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    cluster.gcs.send(
        Packet.newBuilder()
            .setCorrelation(41)
            .setPlaceActor(
                PlaceActor.newBuilder()
                    .setIncarnation(1)
                    .setSpec(
                        ActorSpec.newBuilder()
                            .setJob(JOB)
                            .setClassName("Counter")
                            .setId(ObjectId.newBuilder().setOwner(5).setSequence(6)))));
    cluster.run();
    int number = cluster.lastLaunched().orElseThrow();
    Party actor = cluster.worker(number);
    Packet placed = cluster.gcs.take(Packet::hasActorPlaced).orElseThrow();
    assertThat(placed.getCorrelation()).isEqualTo(41);
    assertThat(placed.getActorPlaced().getWorker()).isEqualTo(actor.address());
    cluster.gcs.send(
        Packet.newBuilder()
            .setKillProcess(
                KillProcess.newBuilder().setAddress(actor.address()).setReason("killed")));
    cluster.run();
    assertThat(cluster.edges.signals).containsExactly("terminate " + number);
  }

  @Test
  void shouldAnswerRefusalWhenActorCannotBePlaced() {
    cluster.gcs.send(
        Packet.newBuilder()
            .setCorrelation(42)
            .setPlaceActor(
                PlaceActor.newBuilder()
                    .setSpec(
                        ActorSpec.newBuilder()
                            .setJob(JOB)
                            .setClassName("Big")
                            .setResources(cpus(9)))));
    cluster.run();
    Packet refusal = cluster.gcs.take(Packet::hasRefusal).orElseThrow();
    assertThat(refusal.getCorrelation()).isEqualTo(42);
    assertThat(refusal.getRefusal().getFailure().getMessage()).contains("Big", "CPU=9");
  }

  @Test
  void shouldFetchClassPathOfOtherHostBeforeStartingWorkers() {
    Party driver = cluster.driver();
    String hash = "ab".repeat(32);
    cluster.gcs.startJob(
        JOB,
        JobConfig.newBuilder()
            .setDriver(driver.address())
            .setHostId("elsewhere")
            .addClassPath(ClassPathEntry.newBuilder().setPath("/app.jar").setSha256(hash))
            .addWorkerJvmOptions("-ea")
            .build());
    cluster.run();
    Packet wanted = cluster.gcs.take(Packet::hasGetPackage).orElseThrow();
    assertThat(cluster.edges.launched).isEmpty();
    cluster.gcs.send(
        Packet.newBuilder()
            .setCorrelation(wanted.getCorrelation())
            .setPackageChunk(PackageChunk.newBuilder().setSha256(hash).setLast(true)));
    cluster.run();
    assertThat(cluster.edges.classPaths.get(2)).containsExactly("/packages/" + hash);
    assertThat(cluster.edges.jvmOptions.get(2)).containsExactly("-ea");
  }

  @Test
  void shouldRefuseLeasesWhenClassPathCannotBeHad() {
    Party driver = cluster.driver();
    String hash = "cd".repeat(32);
    cluster.gcs.startJob(
        JOB,
        JobConfig.newBuilder()
            .setDriver(driver.address())
            .setHostId("elsewhere")
            .addClassPath(ClassPathEntry.newBuilder().setPath("/app.jar").setSha256(hash))
            .build());
    request(driver, 1, 1);
    Packet wanted = cluster.gcs.take(Packet::hasGetPackage).orElseThrow();
    cluster.gcs.send(
        Packet.newBuilder()
            .setCorrelation(wanted.getCorrelation())
            .setRefusal(
                Refusal.newBuilder()
                    .setFailure(Failure.newBuilder().setMessage("file has changed"))));
    cluster.run();
    Packet refused = driver.take(Packet::hasLeaseRefused).orElseThrow();
    assertThat(refused.getLeaseRefused().getFailure().getMessage())
        .contains("/app.jar", "file has changed");
  }

  @Test
  void shouldForwardBetweenLocalProcessesAndAnswerForTheDead() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    driver.send(worker.address(), await(11));
    driver.send(ProcessAddress.of(1, 99), await(12));
    cluster.run();
    assertThat(worker.take(Packet::hasAwaitObject)).isPresent();
    Packet back = driver.take(Packet::hasUndeliverable).orElseThrow();
    assertThat(back.getUndeliverable().getAddress()).isEqualTo(ProcessAddress.of(1, 99));
    assertThat(back.getUndeliverable().getCorrelation()).isEqualTo(12);
  }

  @Test
  void shouldForwardThroughOtherRayletDiallingIt() throws IOException {
    Party driver = cluster.driver();
    Party other = otherNode();
    driver.send(ProcessAddress.of(2, 5), await(13));
    cluster.run();
    assertThat(other.take(Packet::hasAwaitObject)).isPresent();
    begin(other, 1);
    other.sendAs(ProcessAddress.of(2, 5), driver.address(), await(14));
    cluster.run();
    assertThat(driver.take(Packet::hasAwaitObject)).isPresent();
  }

  @Test
  void shouldTellOfNodeDeathAndReturnWhatIsSentThere() throws IOException {
    Party driver = cluster.driver();
    otherNode();
    cluster.gcs.update(
        ClusterUpdate.newBuilder()
            .addNodes(
                NodeState.newBuilder()
                    .setDescription(NodeDescription.newBuilder().setNumber(2))
                    .setPhase(NodePhase.NODE_DEAD)
                    .setDeathReason("power")));
    cluster.run();
    ProcessDied death = driver.take(Packet::hasProcessDied).orElseThrow().getProcessDied();
    assertThat(death.getAddress()).isEqualTo(ProcessAddress.of(2, 0));
    driver.send(ProcessAddress.of(2, 5), await(15));
    cluster.run();
    assertThat(driver.take(Packet::hasUndeliverable)).isPresent();
  }

  @Test
  void shouldSendAgainWhenLinkToLivingNodeBreaks() throws IOException {
    Party driver = cluster.driver();
    Party other = otherNode();
    driver.send(ProcessAddress.of(2, 5), await(13));
    cluster.run();
    assertThat(other.take(Packet::hasAwaitObject)).isPresent();
    other.closeLink();
    cluster.run();
    assertThat(other.take(Packet::hasAwaitObject)).isPresent();
    assertThat(driver.take(Packet::hasUndeliverable)).isEmpty();
  }

  @Test
  void shouldTellSendersWhenLivingNodeStaysOutOfReach() throws IOException {
    Party driver = cluster.driver();
    Party other = otherNode();
    driver.send(ProcessAddress.of(2, 5), await(13));
    cluster.run();
    kill(other);
    cluster.run();
    for (int i = 0; i < 40 && driver.received.isEmpty(); i++) {
      cluster.advance(Duration.ofSeconds(1).toNanos());
    }
    Packet lost = driver.take(Packet::hasUndeliverable).orElseThrow();
    assertThat(lost.getUndeliverable().getAddress()).isEqualTo(ProcessAddress.of(2, 5));
    assertThat(lost.getUndeliverable().getGivenUp()).isTrue();
  }

  @Test
  void shouldTellTheObjectServiceWhenAnOwnerOfItsPartnersIsGivenUp() throws IOException {
    Party driver = cluster.driver();
    Party other = otherNode();
    driver.send(ProcessAddress.of(2, 6), await(13));
    cluster.run();
    begin(other, 1);
    other.sendAs(
        ProcessAddress.of(2, 5),
        FakeCluster.RAYLET,
        Packet.newBuilder().setRequestLease(RequestLease.newBuilder().setRequest(1).setJob(99)));
    cluster.run();
    kill(other);
    cluster.run();
    for (int i = 0; i < 40 && cluster.edges.objects.givenUp.isEmpty(); i++) {
      cluster.advance(Duration.ofSeconds(1).toNanos());
    }
    assertThat(cluster.edges.objects.givenUp).containsExactly(ProcessAddress.of(2, 5));
  }

  @Test
  void shouldDropPacketsThatCarryAnothersAddress() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    Party worker = cluster.worker(2);
    driver.sendAs(ProcessAddress.of(1, 77), worker.address(), await(1));
    cluster.run();
    assertThat(worker.received).isEmpty();
  }

  @Test
  void shouldPassObjectPacketsToTheObjectService() {
    Party driver = cluster.driver();
    driver.send(
        FakeCluster.RAYLET, Packet.newBuilder().setSealObject(SealObject.getDefaultInstance()));
    cluster.run();
    assertThat(cluster.edges.objects.packets).hasSize(1);
  }

  @Test
  void shouldRefuseWorkersThatItDidNotStart() {
    Party stranger = cluster.worker(55);
    assertThat(Objects.requireNonNull(stranger.refusal).getMessage()).contains("number=55");
  }

  @Test
  void shouldEndWhenCommandAsks() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    cluster.worker(2);
    Party command = cluster.client(Hello.newBuilder().setKind(ProcessKind.CLIENT));
    command.sendAs(
        0, 0, Packet.newBuilder().setShutdown(Shutdown.newBuilder().setReason("mobula stop")));
    cluster.run();
    assertThat(cluster.edges.signals).containsExactly("terminate 2");
    assertThat(driver.take(Packet::hasShutdown).orElseThrow().getShutdown().getReason())
        .isEqualTo("mobula stop");
    assertThat(cluster.edges.endReason).isNull();
    cluster.exited(2, "exit code 143");
    assertThat(driver.closeReason).as("its worker may still have something to say").isNull();
    assertThat(cluster.edges.endReason).isNull();
    cluster.outputEnded(2, JOB);
    assertThat(driver.closeReason).contains("mobula stop");
    assertThat(endReason().getKind()).isEqualTo(FailureKind.FAILURE_KIND_UNSPECIFIED);
    assertThat(cluster.edges.objects.isClosed).isTrue();
    Packet left = cluster.gcs.take(Packet::hasProcessDied).orElseThrow();
    assertThat(left.getProcessDied().getIsExpected()).isTrue();
  }

  @Test
  void shouldEndWithoutItsWorkersWhenTheyDoNotGo() {
    Party driver = cluster.driver();
    cluster.job(JOB, driver);
    cluster.worker(2);
    cluster.raylet.offer(new RayletMessage.End("closed"));
    cluster.advance(RayletAgent.END_MAX_NANOS);
    assertThat(cluster.edges.signals).containsExactly("terminate 2", "kill 2", "closed", "closed");
    assertThat(cluster.edges.endReason).isNotNull();
  }

  @Test
  void shouldGoOnWhenTheGcsComesBackWithinTheGrace() {
    Party driver = cluster.driver();
    cluster.killGcs();
    cluster.advance(FakeCluster.SECOND);
    driver.send(ProcessAddress.GCS, await(16));
    cluster.run();
    cluster.startGcs();
    cluster.advance(FakeCluster.SECOND);
    assertThat(cluster.gcs.take(Packet::hasAwaitObject)).isPresent();
    assertThat(cluster.edges.endReason).isNull();
  }

  @Test
  void shouldEndNamingTheGcsWhenItStaysAway() {
    Party driver = cluster.driver();
    cluster.killGcs();
    cluster.advance(3 * FakeCluster.SECOND);
    assertThat(endReason().getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(driver.closeReason).contains("127.0.0.1:7000");
  }

  @Test
  void shouldEndWhenTheGcsDeclaresItDead() {
    cluster.gcs.update(
        ClusterUpdate.newBuilder()
            .addNodes(
                NodeState.newBuilder()
                    .setDescription(NodeDescription.newBuilder().setNumber(1))
                    .setPhase(NodePhase.NODE_DEAD)
                    .setDeathReason("no heartbeat")));
    cluster.run();
    assertThat(endReason().getMessage()).contains("no heartbeat");
  }

  private Party otherNode() throws IOException {
    Party other = cluster.party("raylet-2");
    other.listen(Path.of("other:9000"), ProcessAddress.of(2, 0), FakeGcs.CLUSTER);
    cluster.gcs.update(
        ClusterUpdate.newBuilder()
            .addNodes(
                FakeGcs.alive(
                    NodeDescription.newBuilder()
                        .setNumber(2)
                        .setHostId("host-b")
                        .setRpcAddress("other:9000")
                        .build())));
    cluster.run();
    return other;
  }

  /** What a raylet says before its packets. */
  private static void begin(Party other, long number) {
    other.sendAs(
        ProcessAddress.of(2, 0),
        FakeCluster.RAYLET,
        Packet.newBuilder()
            .setStreamBegin(StreamBegin.newBuilder().setEpoch(1).setBeginning(number).setFirst(1)));
  }

  private Failure endReason() {
    return Objects.requireNonNull(cluster.edges.endReason);
  }

  private void kill(Party party) {
    cluster.kill(party);
  }

  private Packet lease(Party driver, int cpus) {
    request(driver, 1, cpus);
    return driver.take(Packet::hasLeaseGranted).orElseThrow();
  }

  private void request(Party driver, long number, int cpus) {
    driver.send(
        FakeCluster.RAYLET,
        Packet.newBuilder()
            .setRequestLease(
                RequestLease.newBuilder()
                    .setRequest(number)
                    .setJob(JOB)
                    .setTaskName("task")
                    .setResources(cpus(cpus))));
    cluster.run();
  }

  private static Resources cpus(int count) {
    return Resources.newBuilder().putAmounts("CPU", count * 10_000L).build();
  }

  private static Packet.Builder await(long correlation) {
    return Packet.newBuilder()
        .setCorrelation(correlation)
        .setAwaitObject(AwaitObject.getDefaultInstance());
  }
}
