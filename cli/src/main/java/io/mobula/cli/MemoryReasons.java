package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says why a process keeps an object. Pure. */
final class MemoryReasons {
  private static final int NAMED_MAX = 3;

  private MemoryReasons() {}

  /** Such as {@code driver 1.1 (a reference, argument of 2)}. */
  static String of(
      ClusterMemory.Reference reference, Map<String, ClusterMemory.Process> processes) {
    String name = MemoryText.named(reference.process(), processes);
    List<String> reasons = reasons(reference);
    return name + (reasons.isEmpty() ? "" : " (" + String.join(", ", reasons) + ")");
  }

  private static List<String> reasons(ClusterMemory.Reference reference) {
    List<String> reasons = new ArrayList<>();
    if (reference.hasHandle()) {
      reasons.add("reference");
    }
    if (reference.isTaskPending()) {
      reasons.add("task not ended");
    }
    if (reference.argumentCount() > 0) {
      reasons.add(
          "argument of "
              + reference.argumentCount()
              + (reference.argumentCount() == 1 ? " task" : " tasks"));
    }
    if (reference.lineageCount() > 0) {
      reasons.add(
          "lineage of "
              + reference.lineageCount()
              + (reference.lineageCount() == 1 ? " task" : " tasks"));
    }
    if (reference.enclosingCount() > 0) {
      reasons.add("inside " + some(reference.enclosing(), reference.enclosingCount()));
    }
    if (reference.borrowerCount() > 0) {
      reasons.add("lent to " + some(reference.borrowers(), reference.borrowerCount()));
    }
    if (reference.otherCount() > 0) {
      reasons.add(reference.otherCount() + " on the way");
    }
    return reasons;
  }

  private static String some(List<String> names, int count) {
    List<String> first = names.subList(0, Math.min(NAMED_MAX, names.size()));
    int more = count - first.size();
    return String.join(" and ", first) + (more > 0 ? " and " + more + " more" : "");
  }
}
