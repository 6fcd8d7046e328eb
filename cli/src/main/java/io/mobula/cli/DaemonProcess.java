package io.mobula.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A daemon started by this command: a JVM of its own session, so that neither Ctrl-C nor a closed
 * terminal ends it, with its output in a log file.
 */
final class DaemonProcess {
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final long POLL_MILLIS = 50;

  private final String kind;
  private final Process process;
  private final Path log;

  private DaemonProcess(String kind, Process process, Path log) {
    this.kind = kind;
    this.process = process;
    this.log = log;
  }

  /**
   * @param settings {@code key=value} each
   */
  static DaemonProcess start(
      String kind, String mainClass, List<String> settings, Path log, boolean isDetached)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (isDetached && Files.isExecutable(SETSID)) {
      command.add(SETSID.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xms16m",
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            mainClass));
    command.addAll(settings);
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectErrorStream(true)
            .start();
    return new DaemonProcess(kind, process, log);
  }

  /**
   * Waits until the daemon says that it is ready.
   *
   * @throws CommandFailure if it ends before, with the last line it wrote; or takes too long
   */
  void awaitReady(BooleanSupplier isReady, Duration timeout)
      throws InterruptedException, IOException {
    long polls = timeout.toMillis() / POLL_MILLIS;
    for (long i = 0; i < polls; i++) {
      if (isReady.getAsBoolean()) {
        return;
      }
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new CommandFailure(
            process.exitValue() == MobulaCommand.WRONG_USAGE
                ? MobulaCommand.WRONG_USAGE
                : MobulaCommand.FAILED,
            "the " + kind + " could not be started: " + lastLine());
      }
    }
    throw CommandFailure.failed(
        "the " + kind + " was not ready in time: timeout=" + timeout + ", log=" + log);
  }

  /** Ends it, in order if it can. */
  void end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    }
  }

  /** Waits until it ends. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  long pid() {
    return process.pid();
  }

  private String lastLine() throws IOException {
    // A JVM that can't start writes in the platform's charset: better a wrong letter than no
    // reason.
    String written = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    List<String> lines = written.lines().filter(l -> !l.isBlank()).toList();
    String last = lines.isEmpty() ? "it wrote nothing" : lines.getLast();
    String prefix = "mobula " + kind + ": ";
    return last.startsWith(prefix) ? last.substring(prefix.length()) : last;
  }
}
