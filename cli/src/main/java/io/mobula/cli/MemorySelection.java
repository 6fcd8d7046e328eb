package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import java.util.Comparator;
import java.util.List;

/** Picks what is shown of a cluster's memory. Pure. */
final class MemorySelection {
  private MemorySelection() {}

  /** The largest objects, at most that many, in that order. */
  static ClusterMemory first(ClusterMemory memory, MemoryOrder order, int countMax) {
    List<ClusterMemory.Item> items =
        memory.objects().stream()
            .sorted(largestFirst())
            .limit(countMax)
            .sorted(order.comparator().thenComparing(largestFirst()))
            .toList();
    boolean isTruncated = memory.isTruncated() || items.size() < memory.objects().size();
    return with(memory, items, isTruncated);
  }

  /** One node: its store, its processes, and the objects that are there. */
  static ClusterMemory ofNode(ClusterMemory memory, int node) {
    String name = Integer.toUnsignedString(node);
    List<ClusterMemory.Node> nodes =
        memory.nodes().stream().filter(each -> each.number() == node).toList();
    return new ClusterMemory(
        nodes.isEmpty() ? memory.totals() : nodes.getFirst().store(),
        nodes,
        memory.processes().stream().filter(process -> process.node() == node).toList(),
        memory.objects().stream().filter(item -> nodes(item).contains(name)).toList(),
        memory.isTruncated());
  }

  /** The nodes that have a copy of an object; that of its owner if none has. */
  static List<String> nodes(ClusterMemory.Item item) {
    List<String> copies =
        item.copies().stream()
            .map(copy -> Integer.toUnsignedString(copy.node()))
            .distinct()
            .toList();
    return copies.isEmpty() ? List.of(item.owner().split("\\.", 2)[0]) : copies;
  }

  private static Comparator<ClusterMemory.Item> largestFirst() {
    return Comparator.comparingLong(ClusterMemory.Item::sizeBytes).reversed();
  }

  private static ClusterMemory with(
      ClusterMemory memory, List<ClusterMemory.Item> items, boolean isTruncated) {
    return new ClusterMemory(
        memory.totals(), memory.nodes(), memory.processes(), items, isTruncated);
  }
}
