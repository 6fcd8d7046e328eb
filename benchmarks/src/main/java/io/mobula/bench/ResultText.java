package io.mobula.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results for people and for programs. Pure. */
final class ResultText {
  private ResultText() {}

  static String line(Measurement result) {
    return String.format(
            Locale.ROOT,
            "%-46s %14s ± %-10s %-8s %s",
            result.name(),
            number(result.mean()),
            number(result.deviation()),
            result.unit(),
            result.note())
        .stripTrailing();
  }

  static String json(List<Measurement> results) {
    return results.stream()
        .map(result ->
            String.format(
                Locale.ROOT,
                "  {\"name\": \"%s\", \"unit\": \"%s\", \"mean\": %s, \"deviation\": %s, \"note\":"
                    + " \"%s\"}",
                result.name(),
                result.unit(),
                plain(result.mean()),
                plain(result.deviation()),
                result.note()))
        .collect(Collectors.joining(",\n", "[\n", "\n]"));
  }

  private static String number(double value) {
    return value >= 1_000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
