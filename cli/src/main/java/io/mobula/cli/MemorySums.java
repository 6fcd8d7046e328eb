package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Objects summed up by something they have in common.
 *
 * @param groups the largest first
 * @param isTruncated whether there are more groups, or objects that no group counts
 */
record MemorySums(
    ClusterMemory.Totals totals,
    List<ClusterMemory.Node> nodes,
    List<Group> groups,
    boolean isTruncated) {
  /** Copies the lists. */
  MemorySums {
    nodes = List.copyOf(nodes);
    groups = List.copyOf(groups);
  }

  /**
   * Objects that belong together.
   *
   * @param sizeBytes of these objects, each once
   * @param readCount how many of them somebody reads or has mapped
   */
  record Group(String name, long objectCount, long sizeBytes, long readCount) {
    private Group plus(ClusterMemory.Item item) {
      boolean isRead = item.copies().stream().anyMatch(copy -> !copy.holders().isEmpty());
      return new Group(
          name, objectCount + 1, sizeBytes + item.sizeBytes(), readCount + (isRead ? 1 : 0));
    }
  }

  /** The largest groups. */
  static MemorySums of(ClusterMemory memory, MemoryGroup by, int countMax) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (ClusterMemory.Item item : memory.objects()) {
      for (String key : by.keys(item)) {
        groups.put(key, groups.getOrDefault(key, new Group(key, 0, 0, 0)).plus(item));
      }
    }
    List<Group> largest =
        groups.values().stream()
            .sorted(
                Comparator.comparingLong(Group::sizeBytes).reversed().thenComparing(Group::name))
            .limit(countMax)
            .toList();
    return new MemorySums(
        memory.totals(),
        memory.nodes(),
        largest,
        memory.isTruncated() || largest.size() < groups.size());
  }

  /** What made an object, as far as it is known. */
  static String origin(ClusterMemory.Item item) {
    if (item.task().isEmpty()) {
      return item.callSite();
    }
    return "task " + item.task() + (item.callSite().isEmpty() ? "" : " from " + item.callSite());
  }
}
