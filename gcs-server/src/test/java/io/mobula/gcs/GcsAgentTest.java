package io.mobula.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.gcs.packages.MemoryPackageFiles;
import io.mobula.gcs.state.Commands;
import io.mobula.proto.ActorConstructed;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorPlaced;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorState;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.ClusterUpdate;
import io.mobula.proto.EndJob;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FindActor;
import io.mobula.proto.GetCluster;
import io.mobula.proto.GetPackage;
import io.mobula.proto.JobConfig;
import io.mobula.proto.KvGet;
import io.mobula.proto.KvKeys;
import io.mobula.proto.KvPut;
import io.mobula.proto.NodePhase;
import io.mobula.proto.PackageChunk;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.PutPackage;
import io.mobula.proto.Refusal;
import io.mobula.proto.RegisterActor;
import io.mobula.proto.RegisterJob;
import io.mobula.proto.Shutdown;
import io.mobula.proto.SubscribeActor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GcsAgentTest {
  private static final long DRIVER = ProcessAddress.of(1, 1);
  private static final long RAYLET_1 = ProcessAddress.of(1, 0);
  private static final long RAYLET_2 = ProcessAddress.of(2, 0);
  private static final long WORKER = ProcessAddress.of(2, 5);

  private final TestCluster cluster = new TestCluster();

  @Test
  void shouldSendEverythingThenChangesWhenRayletsRegister() {
    TestPeer first = cluster.raylet(11, 4);
    assertThat(first.take(Packet::hasNodeRegistered, packet -> packet.getNodeRegistered()))
        .extracting(answer -> answer.getNumber())
        .containsExactly(1);
    assertThat(nodesOf(updates(first))).containsExactly(1);
    cluster.raylet(12, 4);
    assertThat(nodesOf(updates(first))).containsExactly(2);
  }

  @Test
  void shouldPassLoadsOnAtMostOnceAnIntervalWhenHeartbeatsCome() {
    TestPeer first = cluster.raylet(11, 4);
    cluster.raylet(12, 4);
    cluster.advance(Duration.ofMillis(100));
    updates(first);
    TestPeer second = cluster.raylet(13, 4);
    updates(first);
    for (int i = 1; i <= 20; i++) {
      cluster.heartbeat(second, 3, 4 - i / 10.0);
    }
    assertThat(updates(first)).isEmpty();
    cluster.advance(Duration.ofMillis(60));
    List<ClusterUpdate> updates = updates(first);
    assertThat(updates).hasSize(1);
    assertThat(updates.getFirst().getNodes(0).getAvailable()).isEqualTo(Commands.cpus(2));
  }

  @Test
  void shouldDeclareANodeDeadWhenItsHeartbeatsStayAway() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 4);
    for (int i = 0; i < 11; i++) {
      cluster.heartbeat(first, 1, 4);
      cluster.advance(Duration.ofSeconds(1));
    }
    List<ClusterUpdate> updates = updates(first);
    assertThat(deathsOf(updates))
        .extracting(ProcessDied::getAddress, ProcessDied::getKind)
        .containsExactly(tuple(RAYLET_2, ProcessKind.RAYLET));
    assertThat(deathsOf(updates).getFirst().getReason()).contains("no heartbeat came for 10");
    assertThat(second.closeReason()).contains("counts as dead");
    TestPeer again = cluster.dial(ProcessKind.RAYLET, RAYLET_2, 12);
    assertThat(again.refusal()).isNotNull();
    assertThat(Optional.ofNullable(again.refusal()).orElseThrow().getMessage())
        .contains("the node counts as dead: node=2");
  }

  @Test
  void shouldKeepANodeWhenItDialsAgainWithinTheGrace() {
    // A peer's pid is what its link says; the node's description must name the same.
    TestPeer first = cluster.raylet(1, 4);
    cluster.kill(first);
    cluster.advance(Duration.ofMillis(500));
    TestPeer again = cluster.dial(ProcessKind.RAYLET, RAYLET_1, 1);
    assertThat(nodesOf(updates(again))).containsExactly(1);
    cluster.advance(Duration.ofSeconds(5));
    assertThat(snapshot(again, RAYLET_1).getNodes(0).getPhase()).isEqualTo(NodePhase.NODE_ALIVE);
  }

  @Test
  void shouldDeclareANodeDeadWhenItsStreamStaysClosed() {
    TestPeer first = cluster.raylet(11, 4);
    cluster.kill(cluster.raylet(12, 4));
    cluster.advance(Duration.ofMillis(900));
    assertThat(deathsOf(updates(first))).isEmpty();
    cluster.advance(Duration.ofMillis(200));
    assertThat(deathsOf(updates(first)).getFirst().getReason())
        .contains("its connection to the GCS closed: killed");
  }

  @Test
  void shouldCountANodeAsLeftAtOnceWhenItSaysSo() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 4);
    cluster.send(second, died(RAYLET_2, true));
    assertThat(deathsOf(updates(first)))
        .extracting(ProcessDied::getIsExpected)
        .containsExactly(true);
    assertThat(second.closeReason()).contains("has left");
  }

  @Test
  void shouldCreateAnActorAndTellSubscribersWhenRegistered() {
    TestPeer first = cluster.raylet(11, 1);
    TestPeer second = cluster.raylet(12, 4);
    registerJob(first);
    ActorSpec spec = spec(1, "boss", 2);
    cluster.send(first, subscribe(spec));
    assertThat(states(first)).isEmpty();
    register(first, spec);
    assertThat(states(first)).extracting(ActorState::getPhase).containsExactly(ActorPhase.PENDING);
    long placement = placement(second, spec, 1);
    cluster.send(second, placed(spec, 1, WORKER, placement));
    List<Packet> constructions = second.take(Packet::hasConstructActor, packet -> packet);
    assertThat(constructions).hasSize(1);
    assertThat(constructions.getFirst().getTo()).isEqualTo(WORKER);
    cluster.send(second, constructed(spec, 1, WORKER));
    assertThat(states(first))
        .extracting(ActorState::getPhase, ActorState::getWorker)
        .containsExactly(tuple(ActorPhase.ALIVE, WORKER));
    cluster.send(
        first,
        first
            .request(DRIVER)
            .setFindActor(FindActor.newBuilder().setName("boss").setNamespace("ns")));
    assertThat(states(first)).hasSize(1);
    cluster.send(
        first,
        first
            .request(DRIVER)
            .setFindActor(FindActor.newBuilder().setName("boss").setNamespace("other")));
    assertThat(refusals(first)).extracting(Failure::getKind).containsExactly(FailureKind.NOT_FOUND);
  }

  @Test
  void shouldPlaceAgainElsewhereWhenARayletRefusesOrDies() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 8);
    TestPeer third = cluster.raylet(13, 2);
    registerJob(first);
    ActorSpec spec = spec(1, "", 2);
    register(first, spec);
    long onFirst = placement(first, spec, 1);
    cluster.send(first, refusal(RAYLET_1, onFirst, FailureKind.UNSCHEDULABLE));
    long onSecond = placement(second, spec, 2);
    cluster.send(second, placed(spec, 2, WORKER, onSecond));
    cluster.kill(second);
    cluster.advance(Duration.ofSeconds(2));
    // The constructor may have run: that is a restart, and this actor has none.
    cluster.send(first, subscribe(spec));
    assertThat(states(first).getLast().getDeathCause().getMessage())
        .contains("its node died: node=2", "restarts=0 of 0");
    ActorSpec other = spec(2, "", 2);
    register(first, other);
    long onThird = placement(third, other, 1);
    cluster.kill(third);
    cluster.advance(Duration.ofSeconds(2));
    assertThat(onThird).isPositive();
    cluster.heartbeat(first, 1, 4);
    placement(first, other, 2);
  }

  @Test
  void shouldQueueAnActorWhenNothingIsFreeAndPlaceItWhenANodeSaysItHasRoom() {
    TestPeer first = cluster.raylet(11, 2);
    registerJob(first);
    cluster.heartbeat(first, 1, 0);
    ActorSpec big = spec(1, "", 2);
    ActorSpec small = spec(2, "", 1);
    register(first, big);
    register(first, small);
    assertThat(first.take(Packet::hasPlaceActor, packet -> packet)).isEmpty();
    cluster.heartbeat(first, 1, 1);
    placement(first, small, 1);
    cluster.heartbeat(first, 1, 2);
    assertThat(first.take(Packet::hasPlaceActor, packet -> packet)).isEmpty();
    cluster.raylet(12, 2);
    assertThat(first.take(Packet::hasPlaceActor, packet -> packet)).isEmpty();
  }

  @Test
  void shouldEndTheJobAndItsActorsWhenItsDriverDies() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 4);
    registerJob(first);
    updates(second);
    cluster.send(first, died(DRIVER, false));
    List<ClusterUpdate> updates = updates(second);
    assertThat(updates.getFirst().getJobs(0).getEndReason()).contains("its driver died");
    assertThat(deathsOf(updates)).extracting(ProcessDied::getAddress).containsExactly(DRIVER);
    assertThat(deathsOf(updates(first))).isEmpty();
  }

  @Test
  void shouldSendNothingToASubscriberThatDied() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 4);
    registerJob(first);
    ActorSpec spec = spec(1, "", 1);
    long reader = ProcessAddress.of(2, 9);
    cluster.send(second, subscribe(spec).setFrom(reader));
    cluster.send(second, died(reader, false));
    register(first, spec);
    assertThat(states(second)).isEmpty();
  }

  @Test
  void shouldSayThatAnActorIsUnknownWhenItIsNotRegisteredInTime() {
    TestPeer first = cluster.raylet(11, 4);
    cluster.send(first, subscribe(spec(77, "", 1)));
    for (int i = 0; i < 11; i++) {
      cluster.heartbeat(first, 1, 4);
      cluster.advance(Duration.ofSeconds(1));
    }
    assertThat(states(first))
        .extracting(state -> state.getDeathCause().getKind())
        .containsExactly(FailureKind.NOT_FOUND);
  }

  @Test
  void shouldAnswerClientsWhenTheyAsk() {
    TestPeer first = cluster.raylet(11, 4);
    registerJob(first);
    TestPeer client = cluster.dial(ProcessKind.CLIENT, 0, 5);
    long address = client.link().welcome().getAssigned();
    ClusterSnapshot snapshot = snapshot(client, address);
    assertThat(snapshot.getClusterId()).isEqualTo(42);
    assertThat(snapshot.getNodesCount()).isEqualTo(1);
    assertThat(snapshot.getJobsCount()).isEqualTo(1);
    cluster.send(
        client,
        client
            .request(address)
            .setKvPut(KvPut.newBuilder().setKey("a").setValue(ByteString.copyFromUtf8("1"))));
    cluster.send(client, client.request(address).setKvGet(KvGet.newBuilder().setKey("a")));
    cluster.send(client, client.request(address).setKvKeys(KvKeys.newBuilder().setPrefix("")));
    assertThat(client.take(Packet::hasKvAnswer, packet -> packet.getKvAnswer()))
        .extracting(answer -> answer.getExisted() + answer.getValue().toStringUtf8())
        .containsExactly("false", "true1", "true");
    cluster.send(
        client, client.request(address).setEndJob(EndJob.newBuilder().setId(1).setReason("stop")));
    assertThat(snapshot(client, address).getJobs(0).getEndReason()).isEqualTo("stop");
    cluster.send(
        client, client.request(address).setShutdown(Shutdown.newBuilder().setReason("enough")));
    assertThat(cluster.shutdowns).containsExactly("enough");
  }

  @Test
  void shouldRefuseDriversAndImpostorsWhenTheyDial() {
    TestPeer driver = cluster.dial(ProcessKind.DRIVER, 0, 5);
    assertThat(Optional.ofNullable(driver.refusal()).orElseThrow().getMessage())
        .contains("only raylets and commands");
    TestPeer client = cluster.dial(ProcessKind.CLIENT, 0, 5);
    cluster.send(client, client.request(DRIVER).setGetCluster(GetCluster.getDefaultInstance()));
    assertThat(client.closeReason()).contains("another sender");
  }

  @Test
  void shouldReturnPacketsWhenTheyAreForOthers() {
    TestPeer first = cluster.raylet(11, 4);
    cluster.send(
        first, first.request(DRIVER).setTo(WORKER).setGetCluster(GetCluster.getDefaultInstance()));
    assertThat(first.take(Packet::hasUndeliverable, packet -> packet.getUndeliverable()))
        .extracting(notice -> notice.getAddress())
        .containsExactly(WORKER);
    cluster.send(first, first.request(DRIVER).setRegisterJob(RegisterJob.getDefaultInstance()));
    assertThat(refusals(first)).extracting(Failure::getKind).containsExactly(FailureKind.INVALID);
  }

  @Test
  void shouldAskTheDriverOnceAndAnswerEveryWaiterWhenAPackageIsMissing() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 4);
    registerJob(first);
    ByteString data = ByteString.copyFromUtf8("0123456789");
    String sha256 = MemoryPackageFiles.nameOf(data);
    cluster.send(second, get(second, sha256, 0));
    cluster.send(second, get(second, sha256, 4));
    assertThat(first.take(Packet::hasNeedPackage, packet -> packet)).hasSize(1);
    cluster.send(first, put(sha256, 0, data.substring(0, 6), false));
    cluster.send(first, put(sha256, 6, data.substring(6), true));
    cluster.send(second, get(second, sha256, 8));
    assertThat(second.take(Packet::hasPackageChunk, packet -> packet.getPackageChunk()))
        .extracting(
            PackageChunk::getOffset, chunk -> chunk.getData().toStringUtf8(), PackageChunk::getLast)
        .containsExactly(tuple(0L, "0123", false), tuple(4L, "4567", false), tuple(8L, "89", true));
  }

  @Test
  void shouldRefuseWaitersWhenAPackageIsWrongTooLargeOrItsDriverDies() {
    TestPeer first = cluster.raylet(11, 4);
    TestPeer second = cluster.raylet(12, 4);
    registerJob(first);
    String sha256 = MemoryPackageFiles.nameOf(ByteString.copyFromUtf8("right"));
    cluster.send(second, get(second, sha256, 0));
    cluster.send(first, put(sha256, 0, ByteString.copyFromUtf8("wrong"), true));
    cluster.send(second, get(second, sha256, 0));
    cluster.send(first, put(sha256, 3, ByteString.copyFromUtf8("gap"), false));
    cluster.send(second, get(second, sha256, 0));
    cluster.send(first, put(sha256, 0, ByteString.copyFrom(new byte[1001]), false));
    cluster.send(second, get(second, sha256, 0));
    cluster.send(first, died(DRIVER, false));
    cluster.send(second, get(second, "../etc", 0));
    cluster.send(second, get(second, sha256, 0));
    assertThat(refusals(second))
        .extracting(Failure::getMessage)
        .satisfiesExactly(
            message -> assertThat(message).contains("another hash"),
            message -> assertThat(message).contains("a piece of the package is missing"),
            message -> assertThat(message).contains("too large", "gcs.package-size-max"),
            message -> assertThat(message).contains("died"),
            message -> assertThat(message).contains("not a package"),
            message -> assertThat(message).contains("job=1 has ended"));
    assertThat(cluster.files.has(sha256)).isFalse();
  }

  private void registerJob(TestPeer raylet) {
    cluster.send(
        raylet,
        raylet
            .request(DRIVER)
            .setRegisterJob(
                RegisterJob.newBuilder().setConfig(JobConfig.newBuilder().setDriver(DRIVER))));
    assertThat(raylet.take(Packet::hasJobRegistered, packet -> packet)).hasSize(1);
  }

  private void register(TestPeer raylet, ActorSpec spec) {
    cluster.send(
        raylet, raylet.request(DRIVER).setRegisterActor(RegisterActor.newBuilder().setSpec(spec)));
    assertThat(raylet.take(Packet::hasActorRegistered, packet -> packet)).hasSize(1);
  }

  /** The one placement that the raylet was asked for; its correlation. */
  private static long placement(TestPeer raylet, ActorSpec spec, int incarnation) {
    List<Packet> asked = raylet.take(Packet::hasPlaceActor, packet -> packet);
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().getPlaceActor().getSpec()).isEqualTo(spec);
    assertThat(asked.getFirst().getPlaceActor().getIncarnation()).isEqualTo(incarnation);
    return asked.getFirst().getCorrelation();
  }

  private ClusterSnapshot snapshot(TestPeer peer, long address) {
    cluster.send(peer, peer.request(address).setGetCluster(GetCluster.getDefaultInstance()));
    return peer.take(Packet::hasClusterSnapshot, packet -> packet.getClusterSnapshot()).getFirst();
  }

  private static ActorSpec spec(long sequence, String name, double cpus) {
    return Commands.actor(DRIVER, sequence, 1, name).toBuilder()
        .setResources(Commands.cpus(cpus))
        .build();
  }

  private static Packet.Builder from(long address) {
    return Packet.newBuilder().setFrom(address).setTo(ProcessAddress.GCS);
  }

  private static Packet.Builder subscribe(ActorSpec spec) {
    return from(DRIVER).setSubscribeActor(SubscribeActor.newBuilder().setId(spec.getId()));
  }

  private static Packet.Builder died(long address, boolean isExpected) {
    return from(ProcessAddress.rayletOf(address))
        .setProcessDied(
            ProcessDied.newBuilder()
                .setAddress(address)
                .setReason("exit code 1")
                .setIsExpected(isExpected));
  }

  private static Packet.Builder placed(
      ActorSpec spec, int incarnation, long worker, long correlation) {
    return from(ProcessAddress.rayletOf(worker))
        .setCorrelation(correlation)
        .setActorPlaced(
            ActorPlaced.newBuilder()
                .setId(spec.getId())
                .setIncarnation(incarnation)
                .setWorker(worker));
  }

  private static Packet.Builder constructed(ActorSpec spec, int incarnation, long worker) {
    return from(worker)
        .setActorConstructed(
            ActorConstructed.newBuilder().setId(spec.getId()).setIncarnation(incarnation));
  }

  private static Packet.Builder refusal(long raylet, long correlation, FailureKind kind) {
    return from(raylet)
        .setCorrelation(correlation)
        .setRefusal(Refusal.newBuilder().setFailure(Failure.newBuilder().setKind(kind)));
  }

  private static Packet.Builder get(TestPeer peer, String sha256, long offset) {
    return peer.request(RAYLET_2)
        .setGetPackage(GetPackage.newBuilder().setSha256(sha256).setOffset(offset).setJob(1));
  }

  private static Packet.Builder put(String sha256, long offset, ByteString data, boolean last) {
    return from(DRIVER)
        .setPutPackage(
            PutPackage.newBuilder()
                .setSha256(sha256)
                .setOffset(offset)
                .setData(data)
                .setLast(last));
  }

  private static List<ClusterUpdate> updates(TestPeer peer) {
    return peer.take(Packet::hasClusterUpdate, Packet::getClusterUpdate);
  }

  private static List<ActorState> states(TestPeer peer) {
    return peer.take(Packet::hasActorState, Packet::getActorState);
  }

  private static List<Failure> refusals(TestPeer peer) {
    return peer.take(Packet::hasRefusal, packet -> packet.getRefusal().getFailure());
  }

  private static List<Integer> nodesOf(List<ClusterUpdate> updates) {
    return updates.stream()
        .flatMap(update -> update.getNodesList().stream())
        .map(node -> node.getDescription().getNumber())
        .distinct()
        .toList();
  }

  private static List<ProcessDied> deathsOf(List<ClusterUpdate> updates) {
    return updates.stream().flatMap(update -> update.getDeathsList().stream()).toList();
  }
}
