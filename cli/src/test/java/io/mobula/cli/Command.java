package io.mobula.cli;

import io.mobula.testkit.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the command as a process, as from a shell. */
record Command(TestHome home) {
  private static final long TIMEOUT_SECONDS = 60;

  /** What came of it. */
  record Result(int exitCode, String out, String err) {}

  Result run(String... arguments) {
    return run(Map.of(), arguments);
  }

  /** With more environment variables. */
  Result run(Map<String, String> environment, String... arguments) {
    try {
      Path out = Files.createTempFile(home.path(), "out", ".txt");
      Path err = Files.createTempFile(home.path(), "err", ".txt");
      Process process = start(environment, out, err, arguments);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("does not end: " + String.join(" ", arguments));
      }
      return new Result(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts it and lets it run. */
  Process start(Map<String, String> environment, Path out, Path err, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            MobulaCommand.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MOBULA_"));
    builder.environment().putAll(home.environment());
    builder.environment().putAll(environment);
    return builder.start();
  }
}
