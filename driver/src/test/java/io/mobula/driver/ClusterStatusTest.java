package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.JobConfig;
import io.mobula.proto.JobPhase;
import io.mobula.proto.JobState;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people are shown of a snapshot. */
final class ClusterStatusTest {
  private static final long DRIVER = ProcessAddress.of(1, 1);

  @Test
  void shouldShowAmountsInUnitsAndInOrder() {
    ClusterStatus.Node node =
        only(
            NodeState.newBuilder()
                .setDescription(
                    NodeDescription.newBuilder()
                        .setNumber(3)
                        .setHostName("web-1")
                        .setRpcAddress("10.0.0.3:7000")
                        .setIsHead(true)
                        .setPid(4711)
                        .setStoreCapacityBytes(1_000)
                        .setTotal(resources(Map.of("memory", 25_000L, "CPU", 40_000L))))
                .setPhase(NodePhase.NODE_ALIVE)
                .setAvailable(resources(Map.of("CPU", 5_000L)))
                .setStoreUsedBytes(10)
                .setWorkers(7)
                .setRetainedWorkers(2)
                .setQueuedLeases(5)
                .setStartedAtMillis(99));
    assertThat(node)
        .isEqualTo(
            new ClusterStatus.Node(
                3,
                "web-1",
                "10.0.0.3:7000",
                true,
                true,
                "",
                4711,
                Map.of("CPU", 4.0, "memory", 2.5),
                Map.of("CPU", 0.5),
                10,
                1_000,
                7,
                2,
                5,
                99));
    assertThat(node.total().keySet()).containsExactly("CPU", "memory");
  }

  @Test
  void shouldSayWhyANodeIsDead() {
    ClusterStatus.Node node =
        only(
            NodeState.newBuilder()
                .setPhase(NodePhase.NODE_DEAD)
                .setDeathReason("no heartbeat came for 10000 ms"));
    assertThat(node.isAlive()).isFalse();
    assertThat(node.deathReason()).isEqualTo("no heartbeat came for 10000 ms");
    assertThat(node.available()).isEmpty();
  }

  @Test
  void shouldTellJobsThatRunFromThoseThatHaveEnded() {
    ClusterStatus status =
        ClusterStatus.of(
            ClusterSnapshot.newBuilder()
                .setClusterId(255)
                .addJobs(job(1, JobPhase.JOB_RUNNING))
                .addJobs(job(2, JobPhase.JOB_ENDED))
                .build());
    assertThat(status.clusterId()).isEqualTo("ff");
    assertThat(status.jobs())
        .containsExactly(
            new ClusterStatus.Job(1, "App", true, 12, 34),
            new ClusterStatus.Job(2, "App", false, 12, 34));
  }

  @Test
  void shouldNameTheActorAndItsNode() {
    ActorState state =
        ActorState.newBuilder()
            .setId(new ObjectKey(DRIVER, 8).toProto())
            .setClassName("shop.Cart")
            .setName("cart")
            .setPhase(ActorPhase.ALIVE)
            .setWorker(ProcessAddress.of(4, 2))
            .setPid(77)
            .setRestarts(3)
            .build();
    ClusterStatus status = ClusterStatus.of(ClusterSnapshot.newBuilder().addActors(state).build());
    assertThat(status.actors())
        .containsExactly(new ClusterStatus.Actor("1.1.8", "shop.Cart", "cart", "ALIVE", 4, 77, 3));
  }

  @Test
  void shouldShowNoNodeOfAnActorThatIsNotPlaced() {
    ActorState waiting =
        ActorState.newBuilder()
            .setId(new ObjectKey(DRIVER, 8).toProto())
            .setPhase(ActorPhase.PENDING)
            .build();
    ClusterStatus status =
        ClusterStatus.of(ClusterSnapshot.newBuilder().addActors(waiting).build());
    assertThat(status.actors().getFirst().node()).isZero();
    assertThat(status.actors().getFirst().pid()).isZero();
  }

  @Test
  void shouldKeepTheOrderOfTheHead() {
    ClusterSnapshot.Builder snapshot = ClusterSnapshot.newBuilder();
    for (int number : List.of(3, 1, 2)) {
      snapshot.addNodes(
          NodeState.newBuilder().setDescription(NodeDescription.newBuilder().setNumber(number)));
    }
    assertThat(ClusterStatus.of(snapshot.build()).nodes())
        .extracting(ClusterStatus.Node::number)
        .containsExactly(3, 1, 2);
  }

  private static ClusterStatus.Node only(NodeState.Builder state) {
    return ClusterStatus.of(ClusterSnapshot.newBuilder().addNodes(state).build())
        .nodes()
        .getFirst();
  }

  private static JobState job(int id, JobPhase phase) {
    return JobState.newBuilder()
        .setId(id)
        .setPhase(phase)
        .setConfig(JobConfig.newBuilder().setEntrypoint("App").setDriverPid(12))
        .setStartedAtMillis(34)
        .build();
  }

  private static Resources resources(Map<String, Long> units) {
    return Resources.newBuilder().putAllAmounts(units).build();
  }
}
