package io.mobula.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times an action as Ray's microbenchmark does: warm-up, then rounds that each repeat it for a
 * minimum time; the result is repetitions per second times a multiplier.
 */
final class Stopwatch {
  /** What is timed. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  private final BenchmarkOptions options;
  private final List<Measurement> results = new ArrayList<>();

  Stopwatch(BenchmarkOptions options) {
    this.options = options;
  }

  List<Measurement> results() {
    return results;
  }

  boolean isWanted(String name) {
    return options.filter().matcher(name).find();
  }

  /**
   * @param multiplier how much one run of the action counts for, in the unit
   */
  void rate(String name, String unit, double multiplier, Action action) throws Exception {
    rate(name, unit, multiplier, "", action);
  }

  void rate(String name, String unit, double multiplier, String note, Action action)
      throws Exception {
    if (!isWanted(name)) {
      return;
    }
    runFor(options.warmUpSeconds(), action);
    double[] rounds = new double[options.rounds()];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = multiplier * runFor(options.roundSeconds(), action);
    }
    add(Measurement.of(name, unit, rounds, note));
  }

  /** Rounds that were timed elsewhere. */
  void add(String name, String unit, double[] rounds, String note) {
    if (isWanted(name)) {
      add(Measurement.of(name, unit, rounds, note));
    }
  }

  /** A duration that happens once, such as the start of a cluster. */
  void once(String name, double seconds) {
    if (isWanted(name)) {
      add(new Measurement(name, "s", seconds, 0, ""));
    }
  }

  /**
   * Something measured beside what it is compared with: gigabytes per second, and the ratio of the
   * two, the median of the rounds.
   */
  void beside(String name, long sizeBytes, LargeObjects.Pair[] rounds, String what) {
    if (!isWanted(name)) {
      return;
    }
    double[] rates = new double[rounds.length];
    double[] ratios = new double[rounds.length];
    double besideSeconds = 0;
    for (int i = 0; i < rounds.length; i++) {
      rates[i] = sizeBytes / 1e9 / rounds[i].seconds();
      ratios[i] = rounds[i].besideSeconds() / rounds[i].seconds();
      besideSeconds += rounds[i].besideSeconds() / rounds.length;
    }
    Arrays.sort(ratios);
    String note =
        String.format(
            Locale.ROOT,
            "(ratio %.2f to %s: %.2f GB/s)",
            ratios[ratios.length / 2],
            what,
            sizeBytes / 1e9 / besideSeconds);
    add(Measurement.of(name, "GB/s", rates, note));
  }

  static double secondsOf(Action action) throws Exception {
    long start = System.nanoTime();
    action.run();
    return (System.nanoTime() - start) / 1e9;
  }

  void add(Measurement measurement) {
    if (!isWanted(measurement.name())) {
      return;
    }
    results.add(measurement);
    if (!options.isJson()) {
      System.out.println(ResultText.line(measurement));
    }
  }

  /** Repeats the action for at least that long; returns repetitions per second. */
  private static double runFor(double seconds, Action action) throws Exception {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long count = 0;
    do {
      action.run();
      count++;
    } while (System.nanoTime() < end);
    return count / ((System.nanoTime() - start) / 1e9);
  }
}
