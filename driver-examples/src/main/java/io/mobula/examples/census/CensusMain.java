package io.mobula.examples.census;

import io.mobula.api.ClusterNode;
import io.mobula.api.Mobula;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The demo: counts what class files are made of, on a cluster. See {@link CensusOptions#USAGE}. */
public final class CensusMain {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int NODES = 2;

  private final PrintStream out;
  private final CensusOptions options;

  private CensusMain(PrintStream out, CensusOptions options) {
    this.out = out;
    this.options = options;
  }

  /**
   * Runs the demo, and ends this process if it fails.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    int exitCode = run(System.out, System.err, args);
    if (exitCode != OK) {
      System.exit(exitCode);
    }
  }

  /** Runs the demo and returns the exit code. */
  static int run(PrintStream out, PrintStream err, String... args) {
    try {
      CensusOptions options = CensusOptions.parse(args);
      if (options.isHelp()) {
        out.print(CensusOptions.USAGE);
        return OK;
      }
      return new CensusMain(out, options).run();
    } catch (UsageException e) {
      err.println("mobula demo: " + e.getMessage());
      return WRONG_USAGE;
    } catch (TaskException e) {
      err.println("mobula demo: " + oneLine(e.getCause()));
    } catch (IOException | RuntimeException e) {
      err.println("mobula demo: " + oneLine(e));
    }
    return FAILED;
  }

  private static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    return (message == null || message.isBlank() ? failure.toString() : message)
        .strip()
        .replaceAll("\\s*\\R\\s*", " ");
  }

  private int run() throws IOException {
    List<ClassFiles.Name> all = ClassFiles.list(options.jars());
    List<ClassFiles.Name> names = all.subList(0, Math.min(all.size(), options.limitClasses()));
    if (names.isEmpty()) {
      throw new IOException("there is no class file to count in " + options.jars());
    }
    ClassTable table = ClassTable.build(options.jars().isEmpty(), names);
    CensusResult result;
    try (Session _ = connect()) {
      result = count(table);
    }
    out.println();
    out.print(TextReport.of(result));
    HtmlReport.write(options.report(), result);
    out.println("Report: " + options.report().toAbsolutePath().normalize());
    return options.isVerified() ? verify(table, result) : OK;
  }

  private static Session connect() {
    String address = System.getenv("MOBULA_ADDRESS");
    return address == null || address.isBlank()
        ? Mobula.init(o -> o.config("driver.nodes", Integer.toString(NODES)))
        : Mobula.init();
  }

  private CensusResult count(ClassTable table) {
    List<ClusterNode> nodes = Mobula.nodes().stream().filter(ClusterNode::isAlive).toList();
    describe(nodes);
    CensusJob job = new CensusJob(table, options.chunkClasses());
    String subject = subject();
    out.printf(
        Locale.ROOT,
        "Counting %,d class files of %s in %,d chunks%n",
        table.classCount(),
        subject,
        job.chunkCount());
    long startNanos = System.nanoTime();
    ProgressBar bar = new ProgressBar(out, isTerminal(), table.classCount(), startNanos);
    Part part;
    try {
      part = job.run(done -> bar.show(done, System.nanoTime()));
    } finally {
      bar.end();
    }
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    out.printf(Locale.ROOT, "Counted in %.1f s%n", CensusResult.seconds(elapsed));
    Map<String, Integer> chunksByNode = part.chunksByNode();
    return new CensusResult(subject, part.census(), job.chunkCount(), nodes, chunksByNode, elapsed);
  }

  private void describe(List<ClusterNode> nodes) {
    out.printf(
        Locale.ROOT,
        "A cluster of %d node%s, %.0f CPUs in all%n",
        nodes.size(),
        nodes.size() == 1 ? "" : "s",
        nodes.stream().mapToDouble(CensusMain::cpus).sum());
    for (ClusterNode node : nodes) {
      out.printf(Locale.ROOT, "  %s, %.0f CPUs%n", CensusResult.describe(node), cpus(node));
    }
  }

  private static double cpus(ClusterNode node) {
    return node.totalResources().getOrDefault("CPU", 0.0);
  }

  private String subject() {
    if (options.jars().isEmpty()) {
      return "JDK " + Runtime.version();
    }
    List<String> names =
        options.jars().stream().map(Path::toString).map(CensusResult::shortName).toList();
    return String.join(", ", names);
  }

  private boolean isTerminal() {
    return out == System.out
        && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private int verify(ClassTable table, CensusResult result) throws IOException {
    out.println();
    out.println("Verifying: the same count in one thread, without Mobula");
    long startNanos = System.nanoTime();
    Census plain = CensusCounter.count(table, 0, table.classCount());
    double plainSeconds = (System.nanoTime() - startNanos) / 1e9;
    double clusterSeconds = CensusResult.seconds(result.elapsed());
    List<String> differences = result.census().differences(plain);
    for (String difference : differences) {
      out.println("  differs: " + difference);
    }
    out.printf(
        Locale.ROOT,
        "%s: cluster %.1f s, one thread %.1f s, speed-up %.1f%n",
        differences.isEmpty() ? "All totals are equal" : "The totals differ",
        clusterSeconds,
        plainSeconds,
        plainSeconds / clusterSeconds);
    return differences.isEmpty() ? OK : FAILED;
  }
}
