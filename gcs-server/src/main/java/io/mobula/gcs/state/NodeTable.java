package io.mobula.gcs.state;

import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.Resources;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Nodes by number. A number is given once in the cluster's life. What a node has free right now is
 * not kept here: it is no truth worth logging.
 */
public final class NodeTable {
  private final HistoryTable<Integer, NodeState> nodes;
  private int lastNumber;

  NodeTable(StateLimits limits) {
    nodes = new HistoryTable<>(limits.historyCountMax());
  }

  /** Nodes that live, by number. */
  public Collection<NodeState> alive() {
    return nodes.living();
  }

  /** A node that lives. */
  public Optional<NodeState> findAlive(int number) {
    return Optional.ofNullable(nodes.living(number));
  }

  /** A node that lives, or is remembered. */
  public Optional<NodeState> find(int number) {
    return Optional.ofNullable(nodes.find(number));
  }

  /** The remembered dead, then the living. */
  public List<NodeState> all() {
    return nodes.all();
  }

  /** The node's host name, for messages. */
  String hostName(int number) {
    return find(number).map(node -> node.getDescription().getHostName()).orElse("");
  }

  /** A living node that is this very raylet: it asked before and didn't get the answer. */
  Optional<NodeState> findSame(NodeDescription description) {
    return nodes.living().stream()
        .filter(node ->
            node.getDescription().getPid() == description.getPid()
                && node.getDescription().getHostId().equals(description.getHostId())
                && node.getDescription().getNodeDirectory().equals(description.getNodeDirectory()))
        .findFirst();
  }

  int add(NodeDescription description, long nowMillis) {
    lastNumber++;
    nodes.put(
        lastNumber,
        NodeState.newBuilder()
            .setDescription(description.toBuilder().setNumber(lastNumber))
            .setPhase(NodePhase.NODE_ALIVE)
            .setAvailable(description.getTotal())
            .setStartedAtMillis(nowMillis)
            .build());
    return lastNumber;
  }

  /** Null if it was dead already. */
  @Nullable NodeState end(int number, String reason) {
    NodeState node = nodes.living(number);
    if (node == null) {
      return null;
    }
    NodeState ended =
        node.toBuilder()
            .setPhase(NodePhase.NODE_DEAD)
            .setDeathReason(reason)
            .setAvailable(Resources.getDefaultInstance())
            .build();
    nodes.bury(number, ended);
    return ended;
  }

  /** Whether some living node, empty, could take the request. */
  boolean couldEverFit(Resources request) {
    return nodes.living().stream()
        .anyMatch(node -> ResourceAmounts.fits(request, node.getDescription().getTotal()));
  }

  /** For the message of a request that fits nowhere. */
  String describeTotals() {
    List<String> totals =
        nodes.living().stream()
            .limit(5)
            .map(node ->
                "node "
                    + node.getDescription().getNumber()
                    + " has "
                    + ResourceAmounts.describe(node.getDescription().getTotal()))
            .toList();
    if (totals.isEmpty()) {
      return "there is no node";
    }
    int rest = nodes.livingCount() - totals.size();
    return String.join("; ", totals) + (rest > 0 ? "; and " + rest + " more" : "");
  }

  void save(GcsSnapshot.Builder snapshot) {
    snapshot.setLastNodeNumber(lastNumber).addAllNodes(nodes.all());
  }

  void restore(GcsSnapshot snapshot) {
    lastNumber = snapshot.getLastNodeNumber();
    for (NodeState node : snapshot.getNodesList()) {
      int number = node.getDescription().getNumber();
      if (node.getPhase() == NodePhase.NODE_ALIVE) {
        nodes.put(number, node);
      } else {
        nodes.bury(number, node);
      }
    }
  }
}
