package io.mobula.examples.census;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Horizontal bars with their names and numbers, as inline SVG. */
final class BarChart {
  private static final int WIDTH = 860;
  private static final int ROW = 26;
  private static final int BAR = 16;
  private static final int LABEL_WIDTH = 340;
  private static final int NUMBER_WIDTH = 100;

  private BarChart() {}

  /**
   * Draws.
   *
   * @param title what the bars are, for who can't see them
   * @param bars names and lengths, longest first
   */
  static String svg(String title, List<Map.Entry<String, Long>> bars) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
            WIDTH,
            ROW * bars.size(),
            escape(title)));
    long longest = bars.stream().mapToLong(Map.Entry::getValue).max().orElse(1);
    for (int i = 0; i < bars.size(); i++) {
      append(svg, i * ROW, bars.get(i), longest);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void append(
      StringBuilder svg, int top, Map.Entry<String, Long> bar, long longest) {
    double length =
        (double) (WIDTH - LABEL_WIDTH - NUMBER_WIDTH) * bar.getValue() / Math.max(1, longest);
    int middle = top + ROW / 2;
    svg.append(
        String.format(
            Locale.ROOT,
            "<g><title>%s: %,d</title>"
                + "<text x=\"%d\" y=\"%d\" class=\"label\">%s</text>"
                + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"3\"/>"
                + "<text x=\"%.1f\" y=\"%d\" class=\"number\">%,d</text></g>%n",
            escape(bar.getKey()),
            bar.getValue(),
            LABEL_WIDTH - 10,
            middle,
            escape(shorten(bar.getKey())),
            LABEL_WIDTH,
            top + (ROW - BAR) / 2,
            Math.max(1, length),
            BAR,
            LABEL_WIDTH + length + 8,
            middle,
            bar.getValue()));
  }

  /** Keeps the end, which tells names apart. */
  private static String shorten(String name) {
    final int lengthMax = 50;
    return name.length() <= lengthMax ? name : "…" + name.substring(name.length() - lengthMax + 1);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
