package io.mobula.examples.census;

import io.mobula.api.ClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a run gave, for the reports.
 *
 * @param subject what was counted
 * @param census the numbers
 * @param chunkCount how many tasks counted
 * @param nodes the nodes of the cluster
 * @param chunksByNode how many chunks were counted on each, by its id
 * @param elapsed from the first task to the result
 */
record CensusResult(
    String subject,
    Census census,
    int chunkCount,
    List<ClusterNode> nodes,
    Map<String, Integer> chunksByNode,
    Duration elapsed) {
  /** A node in a few words. */
  static String describe(ClusterNode node) {
    return (node.isHead() ? "head " : "node ")
        + node.id().substring(0, Math.min(8, node.id().length()))
        + " at "
        + node.address();
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** A module's name, or a jar's without its folders. */
  static String shortName(String container) {
    return container.substring(container.lastIndexOf('/') + 1);
  }
}
