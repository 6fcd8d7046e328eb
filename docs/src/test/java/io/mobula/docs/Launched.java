package io.mobula.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How a process ended. Its sessions are in a folder of its own.
 *
 * @param exitCode its exit code
 * @param out its standard output
 * @param err its standard error
 */
record Launched(int exitCode, String out, String err) {
  private static final long RUN_SECONDS_MAX = 100;

  /**
   * Runs a command to its end.
   *
   * @param folder for its output, and in {@code tmp} its sessions
   * @param environment added to this process's, less what is {@code MOBULA_*} there
   */
  static Launched run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MOBULA_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError(
            "did not end in time: " + Files.readString(out) + Files.readString(err));
      }
    } finally {
      process.destroyForcibly();
    }
    return new Launched(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The java command of this JVM. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Copies of jars that it left among its sessions. */
  static List<Path> jarsLeft(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("tmp"))) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }
}
