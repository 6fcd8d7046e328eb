package io.mobula.examples.census;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a task returns: numbers, and where they were found.
 *
 * @param census the numbers
 * @param chunksByNode how many chunks were counted on each node, by its id
 */
record Part(Census census, Map<String, Integer> chunksByNode) {
  static final Part EMPTY = new Part(Census.EMPTY, Map.of());

  static Part merge(List<Part> parts) {
    Map<String, Integer> chunksByNode = new HashMap<>();
    for (Part part : parts) {
      part.chunksByNode.forEach((node, count) -> chunksByNode.merge(node, count, Integer::sum));
    }
    return new Part(Census.merge(parts.stream().map(Part::census).toList()), chunksByNode);
  }
}
