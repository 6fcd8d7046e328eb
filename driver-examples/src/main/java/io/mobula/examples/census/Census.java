package io.mobula.examples.census;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of counting: of a chunk, of several, or of all. Must not be modified once made; two
 * are equal if every number is.
 *
 * @param modules totals by module, or by jar
 * @param opcodes how often each instruction occurs, by mnemonic
 * @param calls how often each method is called, by {@code package.Class.method}
 */
record Census(Map<String, Totals> modules, Map<String, Long> opcodes, Map<String, Long> calls) {
  static final Census EMPTY = new Census(Map.of(), Map.of(), Map.of());

  /** Adds up. */
  static Census merge(List<Census> parts) {
    Map<String, Totals> modules = new HashMap<>();
    Map<String, Long> opcodes = new HashMap<>();
    Map<String, Long> calls = new HashMap<>();
    for (Census part : parts) {
      part.modules.forEach((module, totals) -> modules.merge(module, totals, Totals::plus));
      part.opcodes.forEach((opcode, count) -> opcodes.merge(opcode, count, Long::sum));
      part.calls.forEach((method, count) -> calls.merge(method, count, Long::sum));
    }
    return new Census(modules, opcodes, calls);
  }

  Totals total() {
    return modules.values().stream().reduce(Totals.ZERO, Totals::plus);
  }

  /** The modules, that with the most instructions first. */
  List<Map.Entry<String, Totals>> rankedModules() {
    return modules.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<String, Totals> entry) -> -entry.getValue().instructions())
                .thenComparing(Map.Entry::getKey))
        .toList();
  }

  /** The entries with the highest counts, highest first. */
  static List<Map.Entry<String, Long>> top(Map<String, Long> counts, int entriesMax) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry::getKey))
        .limit(entriesMax)
        .toList();
  }

  /** What differs from the other, a line each, at most some; empty if all is equal. */
  List<String> differences(Census other) {
    List<String> lines = new ArrayList<>();
    addDifferences("module", modules, other.modules, lines);
    addDifferences("instruction", opcodes, other.opcodes, lines);
    addDifferences("calls of", calls, other.calls, lines);
    return lines;
  }

  private static <V> void addDifferences(
      String what, Map<String, V> here, Map<String, V> there, List<String> lines) {
    final int linesMax = 5;
    List<String> keys = new ArrayList<>(here.keySet());
    there.keySet().stream().filter(key -> !here.containsKey(key)).forEach(keys::add);
    keys.stream()
        .filter(key -> !String.valueOf(here.get(key)).equals(String.valueOf(there.get(key))))
        .sorted()
        .limit(linesMax)
        .map(key -> what + " " + key + ": " + here.get(key) + " and not " + there.get(key))
        .forEach(lines::add);
  }
}
