package io.mobula.gcs;

import io.mobula.proto.NodeHeartbeat;
import io.mobula.proto.NodeState;
import io.mobula.proto.Resources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes said last of their load. Soft: a raylet tells it again soon after a restart. Owner
 * thread: the GCS's loop.
 */
final class NodeLoads {
  private final Map<Integer, NodeHeartbeat> heartbeats = new HashMap<>();
  private final Set<Integer> refusing = new HashSet<>();

  /** Takes a heartbeat in; true if it says something new. */
  boolean onHeartbeat(int node, NodeHeartbeat heartbeat) {
    boolean wasRefusing = refusing.remove(node);
    return !heartbeat.equals(heartbeats.put(node, heartbeat)) || wasRefusing;
  }

  /** The node had no room after all: it is left alone until it says what it has. */
  void onRefused(int node) {
    refusing.add(node);
  }

  void forget(int node) {
    heartbeats.remove(node);
    refusing.remove(node);
  }

  boolean isRefusing(int node) {
    return refusing.contains(node);
  }

  /** What the node has free as far as is known: everything, before its first heartbeat. */
  Resources available(NodeState node) {
    NodeHeartbeat heartbeat = heartbeats.get(node.getDescription().getNumber());
    return heartbeat == null ? node.getDescription().getTotal() : heartbeat.getAvailable();
  }

  /** The node with its load. */
  NodeState overlay(NodeState node) {
    @Nullable NodeHeartbeat heartbeat = heartbeats.get(node.getDescription().getNumber());
    if (heartbeat == null) {
      return node;
    }
    return node.toBuilder()
        .setAvailable(heartbeat.getAvailable())
        .setStoreUsedBytes(heartbeat.getStoreUsedBytes())
        .setWorkers(heartbeat.getWorkers())
        .setRetainedWorkers(heartbeat.getRetainedWorkers())
        .setQueuedLeases(heartbeat.getQueuedLeases())
        .build();
  }
}
