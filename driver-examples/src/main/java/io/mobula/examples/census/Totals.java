package io.mobula.examples.census;

/**
 * What the class files of a module, or of all, add up to.
 *
 * @param classes class files
 * @param bytes their size
 * @param fields their fields
 * @param methods their methods
 * @param instructions the instructions of their methods
 * @param calls the instructions that call a method by name
 * @param callsOut those of them that call a class of another module
 * @param callsIn the calls that classes of other modules make to it
 */
record Totals(
    long classes,
    long bytes,
    long fields,
    long methods,
    long instructions,
    long calls,
    long callsOut,
    long callsIn) {
  static final Totals ZERO = new Totals(0, 0, 0, 0, 0, 0, 0, 0);

  Totals plus(Totals other) {
    return new Totals(
        classes + other.classes,
        bytes + other.bytes,
        fields + other.fields,
        methods + other.methods,
        instructions + other.instructions,
        calls + other.calls,
        callsOut + other.callsOut,
        callsIn + other.callsIn);
  }
}
