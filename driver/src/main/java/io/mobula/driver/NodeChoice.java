package io.mobula.driver;

import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which raylet a driver attaches to: one of its own host if there is one (shared memory), else the
 * head's. Pure.
 */
final class NodeChoice {
  private NodeChoice() {}

  /**
   * @return null if no node is alive
   */
  static @Nullable NodeDescription of(ClusterSnapshot snapshot, String hostId) {
    List<NodeDescription> alive = alive(snapshot);
    NodeDescription best = null;
    for (NodeDescription node : alive) {
      if (best == null || rank(node, hostId) > rank(best, hostId)) {
        best = node;
      }
    }
    return best;
  }

  /** Whether every node that is alive shares this host's files. */
  static boolean isOneHost(ClusterSnapshot snapshot, String hostId) {
    return alive(snapshot).stream().allMatch(node -> node.getHostId().equals(hostId));
  }

  private static List<NodeDescription> alive(ClusterSnapshot snapshot) {
    return snapshot.getNodesList().stream()
        .filter(node -> node.getPhase() == NodePhase.NODE_ALIVE)
        .map(NodeState::getDescription)
        .toList();
  }

  private static int rank(NodeDescription node, String hostId) {
    return (node.getHostId().equals(hostId) ? 2 : 0) + (node.getIsHead() ? 1 : 0);
  }
}
