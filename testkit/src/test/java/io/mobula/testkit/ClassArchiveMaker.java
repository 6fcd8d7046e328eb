package io.mobula.testkit;

import io.mobula.testkit.programs.Guest;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The step of the build that makes the {@link ClassArchive}: runs a program with an embedded
 * cluster, collects what it, its raylets and its workers load, and dumps that.
 */
final class ClassArchiveMaker {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration TRAINING_MAX = Duration.ofSeconds(60);
  private static final Duration STEP_MAX = Duration.ofSeconds(60);

  private final ClassArchive archive;
  private final Path folder;
  private final List<String> jars;

  private ClassArchiveMaker(ClassArchive archive, Path folder, List<String> jars) {
    this.archive = archive;
    this.folder = folder;
    this.jars = jars;
  }

  /**
   * Makes it. A build without it is a slower build, not a broken one: what goes wrong is told.
   *
   * @param arguments the archive, and the jar of this module, which is a folder on the class path
   *     of this program
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Instant start = Instant.now();
    ClassArchive archive = new ClassArchive(Path.of(arguments[0]));
    Files.deleteIfExists(archive.file());
    Path folder = Files.createDirectories(archive.file().getParent());
    ClassArchiveMaker maker = new ClassArchiveMaker(archive, folder, jars(Path.of(arguments[1])));
    try {
      maker.train();
      maker.dump();
      maker.check();
      System.out.println("[class archive] made in " + Duration.between(start, Instant.now()));
    } catch (IOException | AssertionError e) {
      Files.deleteIfExists(archive.file());
      System.out.println("[class archive] none, so the tests are slow: " + e);
    }
  }

  private static List<String> jars(Path own) {
    List<String> jars = new ArrayList<>(List.of(own.toString()));
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Files.isRegularFile(Path.of(entry)))
        .forEach(jars::add);
    return jars;
  }

  private String classPath() {
    return String.join(File.pathSeparator, jars);
  }

  private String classPathOfTests() {
    return classPath() + File.pathSeparator + ClassPaths.placeOf(Guest.class);
  }

  /** Leaves lists of what each process loaded. */
  private void train() throws IOException {
    for (Path old : lists()) {
      Files.delete(old);
    }
    try (TestHome home = TestHome.create()) {
      Path notes = Files.createDirectory(home.path().resolve("notes"));
      Map<String, String> environment = new HashMap<>(home.environment());
      environment.put("JAVA_TOOL_OPTIONS", "-XX:DumpLoadedClassList=" + folder + "/%p.list");
      environment.put("MOBULA_DRIVER_NODES", "2");
      environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "64m");
      try (ChildJvm program =
          ChildJvm.start(
              classPathOfTests(),
              Guest.class.getName(),
              List.of("close", notes.toString()),
              environment)) {
        if (program.awaitExit(TRAINING_MAX) != 0) {
          throw new AssertionError("the program failed: " + program);
        }
      }
    }
  }

  private void dump() throws IOException, InterruptedException {
    Set<String> classes = new LinkedHashSet<>();
    for (Path list : lists()) {
      classes.addAll(merged(Files.readString(list)));
    }
    Path all = Files.write(folder.resolve("all.classes"), classes);
    run(
        List.of(
            "-Xshare:dump",
            "-XX:SharedClassListFile=" + all,
            "-XX:SharedArchiveFile=" + archive.file(),
            "-cp",
            classPath()));
    Files.write(archive.jarsFile(), jars);
  }

  /**
   * A process's list as part of all: without its numbers, and without the classes of loaders that
   * it made. A killed process may have left half a line.
   */
  private static List<String> merged(String list) {
    return list.substring(0, list.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> !line.startsWith("#") && !line.contains(" source: "))
        .map(line -> line.startsWith("@") ? line : line.split(" ", 2)[0])
        .toList();
  }

  /** The JVM ends if it can't use the archive. */
  private void check() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-Xshare:on"));
    arguments.addAll(archive.arguments(classPathOfTests()));
    arguments.add("-version");
    run(arguments);
  }

  private List<Path> lists() throws IOException {
    List<Path> lists = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.list")) {
      files.forEach(lists::add);
    }
    return lists;
  }

  private void run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA.toString()));
    command.addAll(arguments);
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
            .start();
    if (!process.waitFor(STEP_MAX.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end in " + STEP_MAX + ": " + command);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(Files.readString(output));
    }
  }
}
