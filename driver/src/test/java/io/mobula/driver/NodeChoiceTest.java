package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** To which node a driver goes. */
final class NodeChoiceTest {
  private static final String HERE = "here";
  private static final String THERE = "there";

  @Test
  void shouldPreferTheOwnHostToTheHead() {
    NodeState head = node(THERE, true, NodePhase.NODE_ALIVE);
    NodeState own = node(HERE, false, NodePhase.NODE_ALIVE);
    assertThat(NodeChoice.of(cluster(head, own), HERE)).isEqualTo(own.getDescription());
    assertThat(NodeChoice.of(cluster(own, head), HERE)).isEqualTo(own.getDescription());
  }

  @Test
  void shouldTakeTheHeadWhenAllNodesAreAsNear() {
    for (String host : new String[] {HERE, THERE}) {
      NodeState plain = node(host, false, NodePhase.NODE_ALIVE);
      NodeState head = node(host, true, NodePhase.NODE_ALIVE);
      assertThat(NodeChoice.of(cluster(plain, head, plain), HERE)).isEqualTo(head.getDescription());
    }
  }

  @Test
  void shouldPassOverTheDead() {
    NodeState dead = node(HERE, true, NodePhase.NODE_DEAD);
    NodeState alive = node(THERE, false, NodePhase.NODE_ALIVE);
    assertThat(NodeChoice.of(cluster(dead, alive), HERE)).isEqualTo(alive.getDescription());
    assertThat(NodeChoice.of(cluster(dead), HERE)).isNull();
    assertThat(NodeChoice.of(cluster(), HERE)).isNull();
  }

  /** A dead node of another host must not cost the living their shared memory. */
  @Test
  void shouldAskOnlyTheLivingWhetherAllIsOneHost() {
    NodeState here = node(HERE, true, NodePhase.NODE_ALIVE);
    NodeState dead = node(THERE, false, NodePhase.NODE_DEAD);
    NodeState there = node(THERE, false, NodePhase.NODE_ALIVE);
    assertThat(NodeChoice.isOneHost(cluster(here, dead), HERE)).isTrue();
    assertThat(NodeChoice.isOneHost(cluster(here, there), HERE)).isFalse();
  }

  private static ClusterSnapshot cluster(NodeState... nodes) {
    return ClusterSnapshot.newBuilder().addAllNodes(List.of(nodes)).build();
  }

  private static NodeState node(String hostId, boolean isHead, NodePhase phase) {
    return NodeState.newBuilder()
        .setPhase(phase)
        .setDescription(NodeDescription.newBuilder().setHostId(hostId).setIsHead(isHead))
        .build();
  }
}
