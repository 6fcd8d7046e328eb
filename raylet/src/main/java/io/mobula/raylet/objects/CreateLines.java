package io.mobula.raylet.objects;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests for memory in one line a {@link CreatePriority}; says whose turn it is.
 *
 * <p>Belongs to one thread. The most urgent line goes first, but a line that has been passed over
 * {@value #PASSED_OVER_MAX} times while somebody stood in it goes before all others, so that none
 * starves.
 */
final class CreateLines {

  private static final int PASSED_OVER_MAX = 4;

  private final Map<CreatePriority, Line> lines = new EnumMap<>(CreatePriority.class);

  CreateLines() {
    for (CreatePriority priority : CreatePriority.values()) {
      lines.put(priority, new Line());
    }
  }

  int size() {
    return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
  }

  void addLast(WaitingCreate create) {
    line(create).waiting.addLast(create);
  }

  void addFirst(WaitingCreate create) {
    line(create).waiting.addFirst(create);
  }

  /**
   * Whose turn it is; null if nobody waits.
   *
   * @param isNewLast whether new objects go after all others: those have been made already, and
   *     reading them leads to their being freed
   */
  @Nullable WaitingCreate first(boolean isNewLast) {
    WaitingCreate reader = isNewLast ? firstReader() : null;
    if (reader != null) {
      return reader;
    }
    Line first = null;
    for (Line line : lines.values()) {
      boolean isMoreUrgent =
          first == null || (isOverdue(line) && line.passedOver > first.passedOver);
      if (!line.waiting.isEmpty() && isMoreUrgent) {
        first = line;
      }
    }
    return first == null ? null : first.waiting.peek();
  }

  /** The most urgent that waits for room to read an object; null if there is none. */
  @Nullable WaitingCreate firstReader() {
    for (Map.Entry<CreatePriority, Line> each : lines.entrySet()) {
      if (each.getKey() != CreatePriority.NEW && !each.getValue().waiting.isEmpty()) {
        return each.getValue().waiting.peek();
      }
    }
    return null;
  }

  /** All, the most urgent line first. */
  List<WaitingCreate> all() {
    List<WaitingCreate> all = new ArrayList<>();
    lines.values().forEach(line -> all.addAll(line.waiting));
    return all;
  }

  /** One has got what it waited for. */
  void served(WaitingCreate create) {
    remove(create);
    for (Map.Entry<CreatePriority, Line> each : lines.entrySet()) {
      Line line = each.getValue();
      if (each.getKey() == create.priority() || line.waiting.isEmpty()) {
        line.passedOver = 0;
      } else {
        line.passedOver++;
      }
    }
  }

  /** One waits no longer. */
  void remove(WaitingCreate create) {
    line(create).waiting.remove(create);
  }

  /** Removes and returns those that match. */
  List<WaitingCreate> removeAll(Predicate<WaitingCreate> isRemoved) {
    List<WaitingCreate> removed = new ArrayList<>();
    for (Line line : lines.values()) {
      line.waiting.removeIf(create -> isRemoved.test(create) && removed.add(create));
    }
    return removed;
  }

  private Line line(WaitingCreate create) {
    Line line = lines.get(create.priority());
    if (line == null) {
      throw new IllegalStateException("No such line: " + create.priority());
    }
    return line;
  }

  private static boolean isOverdue(Line line) {
    return line.passedOver >= PASSED_OVER_MAX;
  }

  /** One line, and how many of other lines were served since it was. */
  private static final class Line {
    final Deque<WaitingCreate> waiting = new ArrayDeque<>();
    int passedOver;
  }
}
