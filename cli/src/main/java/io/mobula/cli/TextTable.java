package io.mobula.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rows of text in columns as wide as they need to be; columns without content are left out. */
final class TextTable {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final List<String[]> rows = new ArrayList<>();

  TextTable(String... titles) {
    rows.add(titles);
  }

  void add(String... cells) {
    if (cells.length != rows.getFirst().length) {
      throw new IllegalArgumentException("row of another length: cells=" + cells.length);
    }
    String[] row = cells.clone();
    for (int c = 0; c < row.length; c++) {
      // A line break in a program's name must not look like a row of its own.
      row[c] = CONTROL.matcher(row[c]).replaceAll(" ");
    }
    rows.add(row);
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    boolean[] hasContent = new boolean[columns];
    for (int r = 0; r < rows.size(); r++) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], rows.get(r)[c].length());
        hasContent[c] |= r > 0 && !rows.get(r)[c].isEmpty();
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        if (hasContent[c]) {
          line.append(row[c]).append(" ".repeat(widths[c] - row[c].length() + 2));
        }
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
