package io.mobula.examples.census;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * What the command line says.
 *
 * @param isVerified whether to compare with a plain single-threaded run
 * @param jars what to count; empty for the class files of the running JDK
 * @param chunkClasses class files a task
 * @param report where the HTML report goes
 * @param limitClasses class files to count at most
 * @param isHelp whether to print only how this is used
 */
record CensusOptions(
    boolean isVerified,
    List<Path> jars,
    int chunkClasses,
    Path report,
    int limitClasses,
    boolean isHelp) {
  static final String USAGE =
      """
      Usage: mobula demo [--verify] [--jar FILE…] [--chunk N] [--report FILE] [--limit N]

      Counts what the class files of this JDK are made of, on a cluster: instructions,
      the most-called methods, and totals for each module. Starts a cluster of two nodes
      on this machine, or joins the one that MOBULA_ADDRESS names.

        --verify       compare all totals with a plain single-threaded run
        --jar FILE…    count the class files of these jars instead
        --chunk N      class files a task (default 200)
        --report FILE  where the HTML report goes (default ./mobula-census.html)
        --limit N      count only the first N class files
        --help         print this

      Exit code: 0 if all went well, 1 if something failed or --verify found a difference,
      2 if the command line is wrong.
      """;

  private static final int CHUNK_CLASSES_DEFAULT = 200;
  private static final List<String> NAMES =
      List.of("--verify", "--jar", "--chunk", "--report", "--limit", "--help");

  CensusOptions {
    jars = List.copyOf(jars);
  }

  /**
   * Reads a command line.
   *
   * @throws UsageException if it is wrong; the message says what to write instead
   */
  static CensusOptions parse(String... args) throws UsageException {
    boolean isVerified = false;
    boolean isHelp = false;
    List<Path> jars = new ArrayList<>();
    int chunkClasses = CHUNK_CLASSES_DEFAULT;
    int limitClasses = Integer.MAX_VALUE;
    Path report = Path.of("mobula-census.html");
    Deque<String> rest = new ArrayDeque<>(List.of(args));
    while (!rest.isEmpty()) {
      String arg = rest.pop();
      int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      if (equals >= 0) {
        rest.push(arg.substring(equals + 1));
      }
      String name = equals >= 0 ? arg.substring(0, equals) : arg;
      switch (name) {
        case "--chunk" -> chunkClasses = count(name, rest);
        case "--limit" -> limitClasses = count(name, rest);
        case "--report" -> report = Path.of(value(name, rest));
        case "--jar" -> {
          jars.add(Path.of(value(name, rest)));
          while (!rest.isEmpty() && !rest.peek().startsWith("-")) {
            jars.add(Path.of(rest.pop()));
          }
        }
        case "--verify", "--help", "-h" -> {
          if (equals >= 0) {
            throw new UsageException(name + " takes no value");
          }
          isVerified |= name.equals("--verify");
          isHelp |= !name.equals("--verify");
        }
        default -> throw unknown(name);
      }
    }
    return new CensusOptions(isVerified, jars, chunkClasses, report, limitClasses, isHelp);
  }

  private static String value(String name, Deque<String> rest) throws UsageException {
    if (rest.isEmpty() || rest.peek().isEmpty() || rest.peek().startsWith("--")) {
      throw new UsageException(name + " needs a value: see --help");
    }
    return rest.pop();
  }

  private static int count(String name, Deque<String> rest) throws UsageException {
    String text = value(name, rest);
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new UsageException(
          name + " needs a whole number from 1 to 999999999, and not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static UsageException unknown(String name) {
    if (!name.startsWith("-")) {
      return new UsageException("'" + name + "' is no option: a jar is given as --jar " + name);
    }
    String nearest =
        NAMES.stream().min(Comparator.comparingInt(known -> distance(known, name))).orElseThrow();
    return new UsageException(
        "unknown option '" + name + "': did you mean " + nearest + "? See --help for all");
  }

  /** How many letters must change to make one text the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
