package io.mobula.examples.census;

import io.mobula.api.ClusterNode;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result as tables of text. */
final class TextReport {
  private static final int METHODS = 15;
  private static final int MODULES = 15;
  private static final int OPCODES = 10;

  private final Formatter out = new Formatter(Locale.ROOT);
  private final CensusResult result;

  private TextReport(CensusResult result) {
    this.result = result;
  }

  static String of(CensusResult result) {
    return new TextReport(result).render();
  }

  private String render() {
    Totals total = result.census().total();
    out.format(
        "%,d classes, %,d methods, %,d fields, %,d bytes of %s%n",
        total.classes(), total.methods(), total.fields(), total.bytes(), result.subject());
    out.format(
        "%,d instructions, %,d of them calls, %,d of these to another module%n",
        total.instructions(), total.calls(), total.callsOut());
    counts("Most frequent instructions", result.census().opcodes(), OPCODES, total.instructions());
    counts("Most-called methods", result.census().calls(), METHODS, total.calls());
    modules(result.census().rankedModules());
    out.format("%n");
    for (ClusterNode node : result.nodes()) {
      out.format(
          "%,d of %,d chunks ran on the %s%n",
          result.chunksByNode().getOrDefault(node.id(), 0),
          result.chunkCount(),
          CensusResult.describe(node));
    }
    return out.toString();
  }

  private void counts(String title, Map<String, Long> counts, int entriesMax, long whole) {
    out.format("%n");
    out.format("%s%n", title);
    for (Map.Entry<String, Long> entry : Census.top(counts, entriesMax)) {
      out.format(
          "%,12d %5.1f%%  %s%n",
          entry.getValue(), 100.0 * entry.getValue() / Math.max(1, whole), entry.getKey());
    }
  }

  private void modules(List<Map.Entry<String, Totals>> modules) {
    out.format("%n");
    out.format(
        "%-32s %8s %9s %8s %12s %13s %10s %10s%n",
        "Module", "classes", "methods", "fields", "bytes", "instructions", "calls out", "calls in");
    for (Map.Entry<String, Totals> entry : modules.subList(0, Math.min(MODULES, modules.size()))) {
      row(CensusResult.shortName(entry.getKey()), entry.getValue());
    }
    if (modules.size() > MODULES) {
      List<Map.Entry<String, Totals>> others = modules.subList(MODULES, modules.size());
      Totals rest = others.stream().map(Map.Entry::getValue).reduce(Totals.ZERO, Totals::plus);
      row(others.size() + " others, in the HTML report", rest);
    }
  }

  private void row(String name, Totals totals) {
    out.format(
        "%-32s %,8d %,9d %,8d %,12d %,13d %,10d %,10d%n",
        name,
        totals.classes(),
        totals.methods(),
        totals.fields(),
        totals.bytes(),
        totals.instructions(),
        totals.callsOut(),
        totals.callsIn());
  }
}
