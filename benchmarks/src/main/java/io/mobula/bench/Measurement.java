package io.mobula.bench;

/**
 * A measure's result.
 *
 * @param name Ray's name of the measure, where Ray has it
 * @param mean of the rounds, in the unit
 * @param deviation standard deviation of the rounds
 * @param note what belongs beside the figure, such as its ratio to a plain copy; may be empty
 */
record Measurement(String name, String unit, double mean, double deviation, String note) {
  static Measurement of(String name, String unit, double[] rounds, String note) {
    double sum = 0;
    for (double round : rounds) {
      sum += round;
    }
    double mean = sum / rounds.length;
    double squares = 0;
    for (double round : rounds) {
      squares += (round - mean) * (round - mean);
    }
    return new Measurement(name, unit, mean, Math.sqrt(squares / rounds.length), note);
  }
}
