package io.mobula.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The types of configuration values. */
public final class ConfigTypes {
  private ConfigTypes() {}

  /** A whole number in a range, both ends included. */
  public static ConfigType<Integer> integer(int min, int max) {
    return of(
        "a whole number from " + min + " to " + max,
        text -> requireIn(Integer.valueOf(text), min, max),
        Object::toString);
  }

  /** A number in a range, both ends included. */
  public static ConfigType<Double> decimal(double min, double max) {
    return of(
        "a number from " + min + " to " + max,
        text -> requireIn(Double.valueOf(text), min, max),
        Object::toString);
  }

  /** {@code true} or {@code false}. */
  public static ConfigType<Boolean> bool() {
    return of(
        "true or false",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException(text);
            },
        Object::toString);
  }

  /** Text that is not blank. */
  public static ConfigType<String> text() {
    return of("text", ConfigTypes::requireText, Function.identity());
  }

  /** A time such as {@code 500ms}, {@code 2s}, {@code 1.5m} or {@code 1h}, both ends included. */
  public static ConfigType<Duration> duration(Duration min, Duration max) {
    return of(
        "a time from "
            + UnitText.formatDuration(min)
            + " to "
            + UnitText.formatDuration(max)
            + " such as 500ms, 2s or 1m",
        text -> requireIn(UnitText.parseDuration(text), min, max),
        UnitText::formatDuration);
  }

  /** A size such as {@code 4096}, {@code 64MiB} or {@code 10g} (1024-based), both ends included. */
  public static ConfigType<Long> bytes(long minBytes, long maxBytes) {
    return of(
        "a size from "
            + UnitText.formatBytes(minBytes)
            + " to "
            + UnitText.formatBytes(maxBytes)
            + " such as 4096, 64MiB or 10g",
        text -> requireIn(UnitText.parseBytes(text), minBytes, maxBytes),
        UnitText::formatBytes);
  }

  /** {@code host:port}. */
  public static ConfigType<HostPort> hostPort() {
    return of("host:port", HostPort::parse, HostPort::toString);
  }

  /** A path; a relative one is taken from the working directory. */
  public static ConfigType<Path> path() {
    return of("a path", text -> Path.of(requireText(text)), Path::toString);
  }

  /** Amounts by name such as {@code gpu=1,x=0.5}; may be empty. */
  public static ConfigType<Map<String, Double>> amounts() {
    return of(
        "amounts by name such as gpu=1,x=0.5", ConfigTypes::parseAmounts, ConfigTypes::format);
  }

  /** Text pieces between commas; may be empty. */
  public static ConfigType<List<String>> list() {
    return of("pieces separated by commas", ConfigTypes::split, pieces -> String.join(",", pieces));
  }

  /** One of the constants, in lower case with {@code -} for {@code _}. */
  public static <E extends Enum<E>> ConfigType<E> choice(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    String names = String.join(", ", constants.stream().map(ConfigTypes::choiceName).toList());
    return of(
        "one of " + names,
        text ->
            constants.stream()
                .filter(constant -> choiceName(constant).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text)),
        ConfigTypes::choiceName);
  }

  private static <T> ConfigType<T> of(
      String allowed, Function<String, T> parse, Function<T, String> format) {
    return new ConfigType<>() {
      @Override
      public T parse(String text) {
        return parse.apply(text.strip());
      }

      @Override
      public String allowed() {
        return allowed;
      }

      @Override
      public String format(T value) {
        return format.apply(value);
      }
    };
  }

  private static <T extends Comparable<T>> T requireIn(T value, T min, T max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException("out of range");
    }
    return value;
  }

  private static String requireText(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }

  private static Map<String, Double> parseAmounts(String text) {
    Map<String, Double> amounts = new TreeMap<>();
    for (String piece : split(text)) {
      int equals = piece.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(piece);
      }
      String name = requireText(piece.substring(0, equals).strip());
      double amount = Double.parseDouble(piece.substring(equals + 1).strip());
      if (!Double.isFinite(amount) || amount < 0 || amounts.put(name, amount) != null) {
        throw new IllegalArgumentException(piece);
      }
    }
    return amounts;
  }

  private static String format(Map<String, Double> amounts) {
    List<String> pieces = new ArrayList<>();
    new TreeMap<>(amounts).forEach((name, amount) -> pieces.add(name + "=" + amount));
    return String.join(",", pieces);
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(piece -> !piece.isEmpty())
        .toList();
  }

  private static String choiceName(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
