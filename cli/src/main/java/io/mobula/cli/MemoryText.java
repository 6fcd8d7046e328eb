package io.mobula.cli;

import io.mobula.driver.ClusterMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A cluster's memory for people, in lines of at most {@value #WIDTH} characters. Pure. */
final class MemoryText {
  static final int WIDTH = 120;

  private static final int PROGRAM_MAX = 60;
  private static final int CELL_MAX = 36;
  private static final int INDENT = 4;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private MemoryText() {}

  /** Stores, processes and objects. */
  static String of(String head, ClusterMemory memory) {
    StringBuilder text = heading(head, memory.nodes(), memory.totals());
    if (!memory.processes().isEmpty()) {
      text.append('\n').append(processes(memory));
    }
    if (!memory.objects().isEmpty()) {
      text.append('\n').append(objects(memory));
    }
    if (memory.isTruncated()) {
      text.append("\nThere are more objects: see --limit, --node and --group-by.\n");
    }
    return text.toString().stripTrailing();
  }

  /** Stores and sums. */
  static String of(String head, MemorySums sums, MemoryGroup by) {
    StringBuilder text = heading(head, sums.nodes(), sums.totals());
    TextTable table = new TextTable("size", "objects", "read", by.title());
    for (MemorySums.Group group : sums.groups()) {
      table.add(
          size(group.sizeBytes()),
          Long.toString(group.objectCount()),
          Long.toString(group.readCount()),
          group.name().isEmpty() ? "not known" : group.name());
    }
    text.append('\n').append(table);
    if (sums.isTruncated()) {
      text.append("\nThere are more, not counted or not shown.\n");
    }
    return text.toString().stripTrailing();
  }

  /** A size with three digits or so: exact below 1024 bytes. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1023.5 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value < 99.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  private static StringBuilder heading(
      String head, List<ClusterMemory.Node> nodes, ClusterMemory.Totals totals) {
    StringBuilder text = new StringBuilder("memory of the cluster at ").append(head).append("\n\n");
    TextTable table =
        new TextTable(
            "node",
            "store",
            "used",
            "free",
            "primary",
            "read",
            "evictable",
            "writing",
            "deleting",
            "spilled",
            "objects",
            "waiting");
    for (ClusterMemory.Node node : nodes) {
      addStore(table, Integer.toUnsignedString(node.number()), node.store());
    }
    if (nodes.size() > 1) {
      addStore(table, "all", totals);
    }
    text.append(table);
    for (ClusterMemory.Node node : nodes) {
      if (!node.problem().isEmpty()) {
        text.append("node ").append(node.number()).append(" gave no answer: ");
        text.append(node.problem()).append('\n');
      }
      for (ClusterMemory.Backlog backlog : node.backlogs()) {
        text.append("node ").append(node.number()).append(" keeps ").append(size(backlog.bytes()));
        text.append(" for node ").append(backlog.node()).append(", which is behind\n");
      }
    }
    return text;
  }

  private static void addStore(TextTable table, String name, ClusterMemory.Totals store) {
    table.add(
        name,
        size(store.capacityBytes()),
        size(store.usedBytes()),
        size(store.freeBytes()),
        size(store.primaryBytes()),
        size(store.heldBytes()),
        size(store.evictableBytes()),
        size(store.writingBytes()),
        size(store.deletingBytes()),
        size(store.spilledBytes()),
        Long.toString(store.objectCount() + store.spilledCount()),
        Long.toString(store.waitingCount()));
  }

  private static TextTable processes(ClusterMemory memory) {
    TextTable table =
        new TextTable("process", "kind", "pid", "job", "knows", "owns", "in heap", "lineage", "");
    for (ClusterMemory.Process process : memory.processes()) {
      boolean hasAnswered = process.hasAnswered();
      table.add(
          process.id(),
          process.kind(),
          Long.toString(process.pid()),
          Integer.toString(process.job()),
          hasAnswered ? Long.toString(process.objectCount()) : "?",
          hasAnswered ? Long.toString(process.ownedCount()) : "?",
          hasAnswered ? size(process.inlineBytes()) : "?",
          hasAnswered ? size(process.lineageBytes()) : "?",
          hasAnswered
              ? cut(process.name(), PROGRAM_MAX)
              : "did not answer: " + cut(process.name(), PROGRAM_MAX));
    }
    return table;
  }

  private static String objects(ClusterMemory memory) {
    Map<String, ClusterMemory.Process> processes =
        memory.processes().stream()
            .collect(
                Collectors.toMap(
                    ClusterMemory.Process::id, Function.identity(), (first, same) -> first));
    TextTable table = new TextTable("object", "size", "owner", "state", "copies", "read by");
    for (ClusterMemory.Item item : memory.objects()) {
      table.add(
          item.id(),
          size(item.sizeBytes()),
          named(item.owner(), processes),
          item.state(),
          cut(copies(item), CELL_MAX),
          cut(readers(item, processes), CELL_MAX));
    }
    List<String> rows = table.toString().lines().toList();
    StringBuilder text = new StringBuilder(rows.getFirst()).append('\n');
    for (int i = 0; i < memory.objects().size(); i++) {
      ClusterMemory.Item item = memory.objects().get(i);
      text.append(rows.get(i + 1)).append('\n');
      appendWrapped(text, "made by ", List.of(madeBy(item)));
      appendWrapped(
          text,
          "kept by ",
          item.references().stream().map(each -> MemoryReasons.of(each, processes)).toList());
    }
    return text.toString();
  }

  static String named(String id, Map<String, ClusterMemory.Process> processes) {
    ClusterMemory.Process process = processes.get(id);
    return process == null ? id : process.kind() + " " + id;
  }

  private static String madeBy(ClusterMemory.Item item) {
    return MemorySums.origin(item);
  }

  private static String copies(ClusterMemory.Item item) {
    return item.copies().stream()
        .map(copy ->
            copy.state()
                + " on "
                + Integer.toUnsignedString(copy.node())
                + (copy.isInMemory() && copy.state().equals("spilled") ? " and in memory" : ""))
        .collect(Collectors.joining(", "));
  }

  private static String readers(
      ClusterMemory.Item item, Map<String, ClusterMemory.Process> processes) {
    return item.copies().stream()
        .flatMap(copy -> copy.holders().stream())
        .distinct()
        .map(holder -> named(holder, processes))
        .collect(Collectors.joining(", "));
  }

  /** Parts with semicolons between them, broken between words, or in one that is too long. */
  private static void appendWrapped(StringBuilder text, String label, List<String> parts) {
    List<String> known = new ArrayList<>(parts);
    known.removeIf(String::isEmpty);
    if (known.isEmpty()) {
      return;
    }
    int start = INDENT + label.length();
    StringBuilder line = new StringBuilder(" ".repeat(INDENT)).append(label);
    for (String word : String.join("; ", known).split(" ", -1)) {
      String rest = word;
      if (line.length() > start && line.length() + 1 + rest.length() > WIDTH) {
        text.append(line).append('\n');
        line = new StringBuilder(" ".repeat(start));
      } else if (line.length() > start) {
        line.append(' ');
      }
      while (line.length() + rest.length() > WIDTH) {
        int room = WIDTH - line.length();
        text.append(line).append(rest, 0, room).append('\n');
        rest = rest.substring(room);
        line = new StringBuilder(" ".repeat(start));
      }
      line.append(rest);
    }
    text.append(line).append('\n');
  }

  private static String cut(String text, int lengthMax) {
    return text.length() <= lengthMax ? text : text.substring(0, lengthMax - 3) + "...";
  }
}
