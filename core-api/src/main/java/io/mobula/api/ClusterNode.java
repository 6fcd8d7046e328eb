package io.mobula.api;

import java.util.Map;
import java.util.Objects;

/**
 * A node of the cluster, as it was when {@link Mobula#nodes} asked.
 *
 * @param id the node's id, never used again
 * @param address the node's address, as {@code host:port}
 * @param isHead whether the head of the cluster runs on it
 * @param isAlive whether it is alive
 * @param totalResources what it has: {@code "CPU"}, {@code "memory"} (bytes) and custom resources
 * @param availableResources the part that nothing uses
 */
public record ClusterNode(
    String id,
    String address,
    boolean isHead,
    boolean isAlive,
    Map<String, Double> totalResources,
    Map<String, Double> availableResources) {
  /** Checks and copies. */
  public ClusterNode {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(address, "address");
    totalResources = Map.copyOf(totalResources);
    availableResources = Map.copyOf(availableResources);
  }
}
