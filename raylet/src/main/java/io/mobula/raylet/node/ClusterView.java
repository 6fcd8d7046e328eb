package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ClusterUpdate;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.raylet.lease.NodeView;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.PeerTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The cluster as the GCS tells of it. Owner thread: the raylet's loop. Updates may repeat what is
 * known.
 */
final class ClusterView {
  private final int self;
  private final PeerTable peers;
  private final ObjectService objects;
  private final NodeJobs jobs;
  private final NodeEvents events;
  private final LongSupplier nowNanos;
  private final Map<Integer, NodeState> alive = new LinkedHashMap<>();

  ClusterView(
      int self,
      PeerTable peers,
      ObjectService objects,
      NodeJobs jobs,
      NodeEvents events,
      LongSupplier nowNanos) {
    this.self = self;
    this.peers = peers;
    this.objects = objects;
    this.jobs = jobs;
    this.events = events;
    this.nowNanos = nowNanos;
  }

  void update(ClusterUpdate update) {
    for (NodeState node : update.getNodesList()) {
      if (node.getPhase() == NodePhase.NODE_ALIVE) {
        nodeAlive(node);
      } else if (node.getPhase() == NodePhase.NODE_DEAD) {
        nodeDead(node.getDescription(), node.getDeathReason());
      }
    }
    update.getJobsList().forEach(jobs::update);
    for (ProcessDied death : update.getDeathsList()) {
      // This node's own processes: it was this raylet that told the GCS.
      if (ProcessAddress.node(death.getAddress()) != self) {
        if (ProcessAddress.isRaylet(death.getAddress())) {
          alive.remove(ProcessAddress.node(death.getAddress()));
          peers.nodeDead(ProcessAddress.node(death.getAddress()), death.getReason());
        }
        events.add(new NodeEvent.Died(death));
      }
    }
    events.add(new NodeEvent.ClusterChanged());
  }

  /** The other nodes. */
  List<NodeView> others() {
    List<NodeView> others = new ArrayList<>();
    for (NodeState node : alive.values()) {
      NodeDescription description = node.getDescription();
      if (description.getNumber() != self) {
        others.add(
            new NodeView(
                ProcessAddress.of(description.getNumber(), 0),
                description.getHostName(),
                ResourceSet.of(description.getTotal()),
                ResourceSet.of(node.getAvailable())));
      }
    }
    return others;
  }

  private void nodeAlive(NodeState node) {
    NodeDescription description = node.getDescription();
    NodeState old = alive.put(description.getNumber(), node);
    if (old == null || !old.getDescription().equals(description)) {
      objects.nodeAdded(description);
      if (description.getNumber() != self) {
        peers.nodeAlive(description, nowNanos.getAsLong());
      }
    }
  }

  private void nodeDead(NodeDescription description, String reason) {
    int number = description.getNumber();
    alive.remove(number);
    if (number == self) {
      events.add(new NodeEvent.DeclaredDead(reason));
    } else if (!peers.isDead(number)) {
      peers.nodeDead(number, reason);
      events.add(
          new NodeEvent.Died(
              ProcessDied.newBuilder()
                  .setAddress(ProcessAddress.of(number, 0))
                  .setKind(ProcessKind.RAYLET)
                  .setPid(description.getPid())
                  .setHostName(description.getHostName())
                  .setReason(reason)
                  .build()));
    }
  }
}
