package io.mobula.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs an example as a user would: in a JVM of its own, with the class path of this test, which has
 * the bundle. Its sessions live in a folder of their own, by which everything that it started is
 * known.
 *
 * @param output standard output and standard error
 * @param exitCode its exit code
 */
record Program(String output, int exitCode) {
  private static final int RUN_SECONDS_MAX = 110;
  private static final int CLEAN_SECONDS_MAX = 10;

  /**
   * Runs until the end and checks that nothing is left of it but the session's folder with its
   * logs, which the next start removes: no process, socket or shared memory.
   *
   * @param folder an empty folder
   */
  static Program run(Path folder, Class<?> main, String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-ea", "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(args));
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("TMPDIR", folder.toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("MOBULA_"));
    Process process = builder.start();
    try {
      boolean isOver = process.waitFor(RUN_SECONDS_MAX, SECONDS);
      assertThat(isOver).as(() -> "still runs: " + text(output)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    await()
        .atMost(CLEAN_SECONDS_MAX, SECONDS)
        .untilAsserted(() -> assertNothingIsLeft(folder, process.pid()));
    return new Program(text(output), process.exitValue());
  }

  private static void assertNothingIsLeft(Path folder, long pid) throws IOException {
    assertThat(processesOf(folder)).as("processes").isEmpty();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Program::isSocket)).isEmpty();
    }
    Path sharedMemory = Path.of("/dev/shm");
    if (Files.isDirectory(sharedMemory)) {
      try (Stream<Path> files = Files.list(sharedMemory)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .noneMatch(name -> name.startsWith("mobula") && name.contains("-" + pid + "-"));
      }
    }
  }

  private static boolean isSocket(Path file) {
    return !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  /** The processes whose environment names the folder. */
  private static List<String> processesOf(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(handle -> environment(handle.pid()).contains("TMPDIR=" + folder))
        .map(handle -> handle.pid() + " " + handle.info().commandLine().orElse(""))
        .toList();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Ended meanwhile, or another user's.
      return "";
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
