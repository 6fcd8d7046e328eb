package io.mobula.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ranges of option values, each refused with a message that names the fix. Pure functions. */
final class OptionChecks {
  /** Resource amounts are counted in steps of this size. */
  private static final double AMOUNT_STEP = 0.0001;

  private static final double ROUNDING_TOLERANCE = 1e-6;

  /** More than any machine has, and few enough to count in steps. */
  private static final long BYTES_MAX = 512L << 40;

  private static final int NAME_CHARS_MAX = 1_000;
  private static final int SHOWN_CHARS = 40;

  private OptionChecks() {}

  static double amount(String option, double amount) {
    if (!(amount >= 0) || Double.isInfinite(amount)) {
      throw bad(option, amount, "give 0 or more, such as 1 or 0.5");
    }
    if (amount > Integer.MAX_VALUE) {
      throw bad(option, amount, "give at most " + Integer.MAX_VALUE);
    }
    if (amount > 1 && amount != Math.rint(amount)) {
      String whole = (long) Math.floor(amount) + " or " + (long) Math.ceil(amount);
      throw bad(option, amount, "amounts above 1 must be whole, so give " + whole);
    }
    double steps = amount / AMOUNT_STEP;
    if (Math.abs(steps - Math.rint(steps)) > ROUNDING_TOLERANCE) {
      throw bad(option, amount, "fractions go down to 0.0001, so round it to 4 digits");
    }
    return amount;
  }

  static long bytes(String option, long bytes) {
    if (bytes < 0) {
      throw bad(option, bytes, "give 0 or more bytes, such as 512L << 20 for 512 MiB");
    }
    if (bytes > BYTES_MAX) {
      throw bad(option, bytes, "give at most 512 TiB, which is " + BYTES_MAX);
    }
    return bytes;
  }

  static int countOrUnlimited(String option, int count) {
    if (count < -1) {
      throw bad(option, count, "give 0 or more, or -1 for no limit");
    }
    return count;
  }

  static int positive(String option, int count) {
    if (count < 1) {
      throw bad(option, count, "give 1 or more");
    }
    return count;
  }

  /** Not null: that is neither a value nor the same as not to set it. */
  static <T> T given(String option, @Nullable T value) {
    if (value == null) {
      throw bad(option, "null", "give a value, or do not set it");
    }
    return value;
  }

  /** One line of text: names stand in listings, and before each line that a worker writes. */
  static String name(String option, @Nullable String name) {
    String given = given(option, name);
    if (given.isBlank()) {
      throw bad(option, "\"" + given + "\"", "give a name that is not empty, or do not set it");
    }
    if (given.length() > NAME_CHARS_MAX) {
      throw bad(
          option,
          "\"" + given.substring(0, SHOWN_CHARS) + "...\"",
          "give a name of at most " + NAME_CHARS_MAX + " characters, not " + given.length());
    }
    if (given.chars().anyMatch(Character::isISOControl)) {
      throw bad(
          option,
          "\"" + given.replaceAll("\\p{Cntrl}", "?") + "\"",
          "give a name without line breaks and other control characters");
    }
    return given;
  }

  static Map<String, Double> resources(String option, Map<String, Double> resources) {
    Map<String, Double> checked = new LinkedHashMap<>();
    given(option, resources)
        .forEach((name, amount) -> {
          name(option, name);
          if (name.equalsIgnoreCase("cpu")) {
            throw bad(option, name, "use numCpus for CPUs");
          }
          if (name.equalsIgnoreCase("memory")) {
            throw bad(option, name, "use memoryBytes for memory");
          }
          String each = option + "[" + name + "]";
          checked.put(name, amount(each, given(each, amount)));
        });
    return Map.copyOf(checked);
  }

  static Map<String, Double> resources(String option, Resource[] resources) {
    Map<String, Double> amounts = new LinkedHashMap<>();
    for (Resource resource : resources) {
      if (amounts.put(resource.name(), resource.amount()) != null) {
        throw bad(option, resource.name(), "name each resource once");
      }
    }
    return resources(option, amounts);
  }

  static ConfigurationException bad(String option, Object value, String fix) {
    return new ConfigurationException(
        ErrorCode.OPTION_INVALID, "option refused: " + option + "=" + value + ": " + fix);
  }
}
