package io.mobula.agent.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes times and sizes with units. */
public final class UnitText {
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");

  private static final Map<String, Long> NANOS_PER_UNIT =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  private static final String[] BYTE_UNITS = {"", "KiB", "MiB", "GiB", "TiB"};

  /** Longer exact sizes, such as {@code 8388604KiB}, are hard to read. */
  private static final int DESCRIBED_CHARS_MAX = "1023KiB".length();

  private UnitText() {}

  /**
   * Reads a time such as {@code 500ms}.
   *
   * @throws IllegalArgumentException if it is none, or has no unit
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = match(text);
    Long nanosPerUnit = NANOS_PER_UNIT.get(matcher.group(2).toLowerCase(Locale.ROOT));
    if (nanosPerUnit == null) {
      throw new IllegalArgumentException("no such unit of time: " + text);
    }
    return Duration.ofNanos(multiply(matcher, nanosPerUnit));
  }

  /**
   * Reads a size such as {@code 64MiB}, {@code 64m} or {@code 64 MB}: units are powers of 1024.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static long parseBytes(String text) {
    Matcher matcher = match(text);
    int power =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "", "b" -> 0;
          case "k", "kb", "kib" -> 1;
          case "m", "mb", "mib" -> 2;
          case "g", "gb", "gib" -> 3;
          case "t", "tb", "tib" -> 4;
          default -> throw new IllegalArgumentException("no such unit of size: " + text);
        };
    return multiply(matcher, 1L << (10 * power));
  }

  /** The shortest exact form. */
  public static String formatDuration(Duration duration) {
    long nanos = duration.toNanos();
    for (String unit : new String[] {"d", "h", "m", "s", "ms", "us"}) {
      Long nanosPerUnit = NANOS_PER_UNIT.get(unit);
      if (nanosPerUnit != null && nanos != 0 && nanos % nanosPerUnit == 0) {
        return nanos / nanosPerUnit + unit;
      }
    }
    return nanos == 0 ? "0s" : nanos + "ns";
  }

  /** The shortest exact form. */
  public static String formatBytes(long bytes) {
    int power = 0;
    long rest = bytes;
    while (rest != 0 && rest % 1024 == 0 && power < BYTE_UNITS.length - 1) {
      rest /= 1024;
      power++;
    }
    return rest + BYTE_UNITS[power];
  }

  /** For people: in the largest unit, with the bytes where that is not exact. */
  public static String describeBytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    String exact = formatBytes(bytes);
    if (bytes % 1024 == 0 && exact.length() <= DESCRIBED_CHARS_MAX) {
      return exact;
    }
    int power = Math.min(BYTE_UNITS.length - 1, (63 - Long.numberOfLeadingZeros(bytes)) / 10);
    BigDecimal rounded =
        BigDecimal.valueOf(bytes)
            .divide(BigDecimal.valueOf(1L << (10 * power)), 2, RoundingMode.HALF_UP);
    return rounded.stripTrailingZeros().toPlainString()
        + BYTE_UNITS[power]
        + " ("
        + bytes
        + " bytes)";
  }

  private static Matcher match(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a number with a unit: " + text);
    }
    return matcher;
  }

  private static long multiply(Matcher matcher, long factor) {
    try {
      return new BigDecimal(matcher.group(1))
          .multiply(BigDecimal.valueOf(factor))
          .setScale(0, RoundingMode.HALF_UP)
          .longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("too large: " + matcher.group(), e);
    }
  }
}
