package io.mobula.raylet.worker;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The command line and environment of a worker process. Immutable.
 *
 * <p>All workers of a job on a node have the same command, but for their heap. The flags:
 * ParallelGC starts as fast as SerialGC (measured, within 5 %) and does not hold back a shared
 * worker with many slots; tiered compilation stays whole, since stopping it at C1 saves 0.05 s a
 * start and costs long tasks several times their speed; no performance-data file, which saves a
 * write at start. The settings travel in the environment, where no other user sees them.
 *
 * <p>The job's options come after these, so they win: of two equal ones the JVM takes the later,
 * and of two that exclude each other, ours is left out.
 *
 * <p>If the raylet's JVM was started with an archive of loaded classes, so are its workers: their
 * class path begins with its own, which is all that an archive asks for, and most of a worker's
 * start is loading classes. An archive that does not fit is ignored, and not complained about: who
 * started the raylet has seen it complain.
 *
 * <p>The environment is the raylet's own without {@code MOBULA_*}: the user's variables reach the
 * user's code, the cluster's secret does not. Nor does a debugger that listens in the raylet.
 *
 * @param java the executable
 * @param runtimeClassPath where the worker's own classes are
 * @param archive the flags that name an archive of loaded classes, or none
 * @param mainClass the worker's main
 * @param inherited the raylet's environment
 */
public record WorkerCommand(
    Path java,
    List<String> runtimeClassPath,
    List<String> archive,
    String mainClass,
    Map<String, String> inherited) {
  private static final String OWN_PREFIX = "MOBULA_";
  private static final List<String> ARCHIVE_FLAGS =
      List.of("-XX:SharedArchiveFile=", "-XX:AOTCache=");
  private static final List<String> JVM_VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
  private static final Pattern DEBUGGER = Pattern.compile("(?<!\\S)-(agentlib:jdwp|Xrunjdwp)\\S*");
  private static final String SILENT_ARCHIVE = "-Xlog:cds*=off,aot*=off";

  /** Copies. */
  public WorkerCommand {
    runtimeClassPath = List.copyOf(runtimeClassPath);
    archive = List.copyOf(archive);
    inherited = Map.copyOf(inherited);
  }

  /**
   * The command of this JVM's own Java and class path.
   *
   * @param javaHome the system property java.home
   * @param ownClassPath the system property java.class.path
   * @param ownCommandLine {@link OwnCommandLine#read()}
   */
  public static WorkerCommand of(
      String javaHome,
      String ownClassPath,
      List<String> ownCommandLine,
      Map<String, String> environment) {
    List<String> entries = new ArrayList<>();
    for (String entry : ownClassPath.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        entries.add(Path.of(entry).toAbsolutePath().normalize().toString());
      }
    }
    return new WorkerCommand(
        Path.of(javaHome, "bin", "java"),
        entries,
        ownCommandLine.stream()
            .filter(argument -> ARCHIVE_FLAGS.stream().anyMatch(argument::startsWith))
            .toList(),
        "io.mobula.worker.WorkerMain",
        environment);
  }

  /** The same for another main class; for tests. */
  public WorkerCommand withMainClass(String name) {
    return new WorkerCommand(java, runtimeClassPath, archive, name, inherited);
  }

  /** The command line of a worker of that job. */
  List<String> line(JobJvm job, long heapBytes) {
    Set<String> classPath = new LinkedHashSet<>(runtimeClassPath);
    classPath.addAll(job.classPath());
    List<String> line = new ArrayList<>();
    line.addAll(List.of(java.toString(), "--enable-native-access=ALL-UNNAMED"));
    if (!job.choosesCollector()) {
      line.add("-XX:+UseParallelGC");
    }
    line.add("-XX:-UsePerfData");
    if (!job.choosesHeap()) {
      line.add("-Xmx" + heapBytes);
    }
    if (!archive.isEmpty()) {
      line.addAll(archive);
      line.add(SILENT_ARCHIVE);
    }
    line.addAll(job.options());
    // The raylet reads what workers write, whatever the job wants.
    line.addAll(List.of("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
    line.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), mainClass));
    return line;
  }

  /** The environment. */
  Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new TreeMap<>(inherited);
    environment.keySet().removeIf(name -> name.startsWith(OWN_PREFIX));
    for (String variable : JVM_VARIABLES) {
      // The raylet's JVM, or the driver's, has the debugger's port: a second one can't start with
      // it.
      String options = environment.remove(variable);
      if (options != null) {
        String rest = DEBUGGER.matcher(options).replaceAll(" ").strip();
        if (!rest.isEmpty()) {
          environment.put(variable, rest);
        }
      }
    }
    environment.putAll(settings);
    return environment;
  }
}
