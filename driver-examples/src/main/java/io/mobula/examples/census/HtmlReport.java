package io.mobula.examples.census;

import io.mobula.api.ClusterNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result as one HTML file that needs nothing else. */
final class HtmlReport {
  private static final int BARS = 15;
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Mobula census</title>
      <style>
      :root { --ink: #16242f; --soft: #5b6b78; --line: #dfe5ea; --bar: #2a78b8; --back: #ffffff; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6edf3; --soft: #93a1ad; --line: #2c3843; --bar: #58a6e0; --back: #10171d; }
      }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
        max-width: 940px; margin: 0 auto; padding: 32px 24px; }
      h1 { font-size: 26px; margin: 0; }
      h2 { font-size: 18px; margin: 40px 0 12px; }
      p { color: var(--soft); margin: 4px 0; }
      .tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0; }
      .tile { border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; }
      .tile b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; }
      .tile span { color: var(--soft); font-size: 13px; }
      svg { width: 100%; height: auto; display: block; }
      svg rect { fill: var(--bar); }
      svg text { font-size: 12.5px; fill: var(--ink); dominant-baseline: central; }
      svg .label { text-anchor: end; }
      svg .number { fill: var(--soft); }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
      th, td { padding: 4px 8px; border-bottom: 1px solid var(--line); text-align: right;
        font-variant-numeric: tabular-nums; }
      th:first-child, td:first-child { text-align: left; }
      th { color: var(--soft); font-weight: 600; }
      </style>
      </head>
      <body>
      """;

  private final Formatter html = new Formatter(new StringBuilder(HEAD), Locale.ROOT);
  private final CensusResult result;

  private HtmlReport(CensusResult result) {
    this.result = result;
  }

  /** Writes the file, or replaces it. */
  static void write(Path file, CensusResult result) throws IOException {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, new HtmlReport(result).render());
    } catch (IOException e) {
      throw new IOException("can't write the report to " + file + ": " + e, e);
    }
  }

  private String render() {
    Census census = result.census();
    Totals total = census.total();
    html.format(
        "<h1>What class files are made of</h1>%n<p>%s</p>%n", BarChart.escape(result.subject()));
    html.format("<div class=\"tiles\">%n");
    tile("classes", total.classes());
    tile("methods", total.methods());
    tile("fields", total.fields());
    tile("instructions", total.instructions());
    tile("calls", total.calls());
    tile("calls to another module", total.callsOut());
    tile("bytes", total.bytes());
    html.format("</div>%n");
    chart("Most-called methods", Census.top(census.calls(), BARS));
    chart("Most frequent instructions", Census.top(census.opcodes(), BARS));
    List<Map.Entry<String, Totals>> modules = census.rankedModules();
    chart(
        "Instructions by module",
        modules.stream()
            .limit(BARS)
            .map(entry ->
                Map.entry(CensusResult.shortName(entry.getKey()), entry.getValue().instructions()))
            .toList());
    table(modules);
    cluster();
    return html.format("</body>%n</html>%n").toString();
  }

  private void tile(String what, long count) {
    html.format("<div class=\"tile\"><b>%,d</b><span>%s</span></div>%n", count, what);
  }

  private void chart(String title, List<Map.Entry<String, Long>> bars) {
    html.format("<h2>%s</h2>%n", title);
    html.format("%s", BarChart.svg(title, bars));
  }

  private void table(List<Map.Entry<String, Totals>> modules) {
    html.format("<h2>All modules</h2>%n<div class=\"wide\"><table>%n<tr><th>module</th>");
    for (String head :
        List.of(
            "classes",
            "methods",
            "fields",
            "bytes",
            "instructions",
            "calls",
            "calls out",
            "calls in")) {
      html.format("<th>%s</th>", head);
    }
    html.format("</tr>%n");
    for (Map.Entry<String, Totals> entry : modules) {
      Totals totals = entry.getValue();
      html.format("<tr><td>%s</td>", BarChart.escape(CensusResult.shortName(entry.getKey())));
      for (long number :
          new long[] {
            totals.classes(),
            totals.methods(),
            totals.fields(),
            totals.bytes(),
            totals.instructions(),
            totals.calls(),
            totals.callsOut(),
            totals.callsIn()
          }) {
        html.format("<td>%,d</td>", number);
      }
      html.format("</tr>%n");
    }
    html.format("</table></div>%n");
  }

  private void cluster() {
    html.format(
        "<h2>How it ran</h2>%n<p>%,d chunks in %.1f s.</p>%n",
        result.chunkCount(), CensusResult.seconds(result.elapsed()));
    for (ClusterNode node : result.nodes()) {
      html.format(
          "<p>%,d of them on the %s.</p>%n",
          result.chunksByNode().getOrDefault(node.id(), 0),
          BarChart.escape(CensusResult.describe(node)));
    }
  }
}
