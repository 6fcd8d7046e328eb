package io.mobula.bench;

import java.util.ArrayList;
import java.util.List;

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

  /** A duration that happens once, such as the start of a cluster. */
  void once(String name, double seconds) {
    if (isWanted(name)) {
      add(new Measurement(name, "s", seconds, 0, ""));
    }
  }

  static double secondsOf(Action action) throws Exception {
    long start = System.nanoTime();
    action.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private void add(Measurement measurement) {
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
