package io.mobula.examples.census;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far the count is: on a terminal one line that moves, elsewhere a line every few
 * seconds. Used by one thread.
 */
final class ProgressBar {
  private static final int WIDTH = 28;
  private static final long LINE_EVERY_NANOS = Duration.ofSeconds(3).toNanos();
  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean isTerminal;
  private final int classCount;
  private final long startNanos;
  private long lineNanos;

  ProgressBar(PrintStream out, boolean isTerminal, int classCount, long nowNanos) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.classCount = classCount;
    this.startNanos = nowNanos;
    this.lineNanos = nowNanos;
  }

  void show(Progress.Step done, long nowNanos) {
    if (isTerminal) {
      out.print(ERASE_LINE + bar(done.classes()) + " " + text(done, nowNanos));
      out.flush();
    } else if (nowNanos - lineNanos >= LINE_EVERY_NANOS) {
      lineNanos = nowNanos;
      out.println(text(done, nowNanos));
    }
  }

  /** Takes the moving line away. */
  void end() {
    if (isTerminal) {
      out.print(ERASE_LINE);
      out.flush();
    }
  }

  private String bar(int classes) {
    int full = (int) (classes * (long) WIDTH / Math.max(1, classCount));
    return "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "]";
  }

  private String text(Progress.Step done, long nowNanos) {
    double seconds = (nowNanos - startNanos) / 1e9;
    double rate = done.classes() / Math.max(seconds, 1e-3);
    String text =
        String.format(
            Locale.ROOT,
            "%3d%%  %,d of %,d classes, %,.0f a second",
            done.classes() * 100L / Math.max(1, classCount),
            done.classes(),
            classCount,
            rate);
    if (done.classes() == classCount) {
      return text + ", adding up";
    }
    return done.classes() == 0
        ? text
        : text + String.format(Locale.ROOT, ", %.0f s left", (classCount - done.classes()) / rate);
  }
}
