package io.mobula.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the runner was asked for.
 *
 * @param filter runs the measures whose name it finds
 * @param warmUpSeconds before each measure
 * @param roundSeconds each round lasts at least that long
 * @param rounds of each measure
 * @param isJson JSON instead of a table
 */
record BenchmarkOptions(
    Pattern filter, double warmUpSeconds, double roundSeconds, int rounds, boolean isJson) {
  private static final List<String> NAMES =
      List.of("--filter", "--warm-up", "--round", "--rounds", "--quick", "--json", "--help");

  /** Size of the objects that are moved between nodes. */
  long transferBytes() {
    return warmUpSeconds == 0 ? 64L << 20 : 1L << 30;
  }

  static final String USAGE =
      """
      Usage: mobula microbenchmark [--filter REGEX] [--warm-up SECONDS] [--round SECONDS] [--rounds N] [--quick] [--json]
      Measures tasks, actors and objects on the cluster of MOBULA_ADDRESS, or on one of its own.
        --filter REGEX   only the measures whose name matches
        --warm-up S      before each measure (default 1)
        --round S        each round lasts at least that long (default 2)
        --rounds N       of each measure (default 3)
        --quick          one short round of each: does it run, not how fast
        --json           print JSON
      """;

  /**
   * @return empty if help was asked for
   * @throws IllegalArgumentException if an option is unknown or has no value; the message says what
   *     to do
   */
  static Optional<BenchmarkOptions> parse(String[] arguments) {
    Pattern filter = Pattern.compile("");
    double warmUp = 1;
    double round = 2;
    int rounds = 3;
    boolean isJson = false;
    List<String> left = Arrays.asList(arguments);
    for (int i = 0; i < left.size(); i++) {
      String option = left.get(i);
      switch (option) {
        case "--filter" -> filter = Pattern.compile(value(left, ++i, option));
        case "--warm-up" -> warmUp = Double.parseDouble(value(left, ++i, option));
        case "--round" -> round = Double.parseDouble(value(left, ++i, option));
        case "--rounds" -> rounds = Integer.parseInt(value(left, ++i, option));
        case "--quick" -> {
          warmUp = 0;
          round = 0.05;
          rounds = 1;
        }
        case "--json" -> isJson = true;
        case "--help", "-h" -> {
          return Optional.empty();
        }
        default ->
            throw new IllegalArgumentException(
                "unknown option: " + option + "; known are " + String.join(", ", NAMES));
      }
    }
    return Optional.of(new BenchmarkOptions(filter, warmUp, round, rounds, isJson));
  }

  private static String value(List<String> arguments, int position, String option) {
    if (position >= arguments.size()) {
      throw new IllegalArgumentException("option without its value: " + option);
    }
    return arguments.get(position);
  }
}
