package io.mobula.driver;

import io.mobula.raylet.HostCapacity;
import java.util.Map;

/** What each node of an embedded cluster takes of this machine, unless it is told. Pure. */
final class NodeShare {
  /** The rest is for the object stores. */
  private static final double MEMORY_SHARE = 0.7;

  private NodeShare() {}

  /**
   * Settings of a raylet.
   *
   * @param nodes how many share the machine; one alone works it out itself
   */
  static Map<String, String> settings(int nodes, HostCapacity host) {
    if (nodes == 1) {
      return Map.of();
    }
    return Map.of(
        "raylet.num-cpus", Integer.toString(Math.max(1, host.processors() / nodes)),
        "raylet.memory", Long.toString((long) (host.memoryBytes() * MEMORY_SHARE / nodes)));
  }
}
