package io.mobula.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that runs a main class of this JVM's Java, and starts quickly; its output is
 * kept. Thread-safe. Closing it kills it.
 */
public final class ChildJvm implements AutoCloseable {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration KILL_MAX = Duration.ofSeconds(10);
  private static final long SIGINT_BIT = 1L << 1;

  /** As the command line starts daemons: what runs for seconds gains nothing by more. */
  private static final List<String> QUICK_START =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

  private final String name;
  private final Process process;
  private final Queue<String> out = new ConcurrentLinkedQueue<>();
  private final Queue<String> err = new ConcurrentLinkedQueue<>();
  private final List<Thread> readers;

  private ChildJvm(String name, Process process) {
    this.name = name;
    this.process = process;
    this.readers =
        List.of(
            reader(name + "-out", process.getInputStream(), out),
            reader(name + "-err", process.getErrorStream(), err));
  }

  /**
   * Starts it.
   *
   * @param environment added to this process's own, less what is {@code MOBULA_*} there
   */
  public static ChildJvm start(
      String classPath, String mainClass, List<String> arguments, Map<String, String> environment) {
    return start(classPath, List.of(), mainClass, arguments, environment);
  }

  /** As {@link #start(String, String, List, Map)}, with options of the JVM. */
  public static ChildJvm start(
      String classPath,
      List<String> options,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>(prefix());
    command.add(JAVA.toString());
    command.addAll(QUICK_START);
    command.addAll(options);
    command.addAll(ClassArchive.ofBuild().arguments(classPath));
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("MOBULA_"));
    builder.environment().putAll(environment);
    try {
      return new ChildJvm(mainClass.substring(mainClass.lastIndexOf('.') + 1), builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The lines on stdout so far. */
  public List<String> out() {
    return List.copyOf(out);
  }

  /** The lines on stderr so far. */
  public List<String> err() {
    return List.copyOf(err);
  }

  public void send(Signal signal) {
    if (!signal.sendTo(pid())) {
      throw new AssertionError("the process is not there: " + this);
    }
  }

  /**
   * Waits for a line on stdout.
   *
   * @return what follows the prefix
   */
  public String awaitLine(String prefix, Duration patience) {
    Deadline.in(patience)
        .await(
            () -> "a line that starts with " + prefix + ": " + this,
            () -> !isAlive() || out.stream().anyMatch(line -> line.startsWith(prefix)));
    if (!isAlive()) {
      readToEnd(patience);
    }
    return out.stream()
        .filter(line -> line.startsWith(prefix))
        .findFirst()
        .map(line -> line.substring(prefix.length()).strip())
        .orElseThrow(() -> new AssertionError("ended without the line " + prefix + ": " + this));
  }

  /**
   * Waits until it has ended.
   *
   * @return its exit code; 128 and the signal's number if one ended it
   */
  public int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("did not end in " + patience + ": " + this);
      }
      readToEnd(patience);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end: " + this, e);
    }
  }

  @Override
  public void close() {
    if (isAlive()) {
      process.destroyForcibly();
      awaitExit(KILL_MAX);
    }
  }

  @Override
  public String toString() {
    return name
        + "[pid="
        + pid()
        + ", isAlive="
        + isAlive()
        + "]\n  out: "
        + String.join("\n       ", out)
        + "\n  err: "
        + String.join("\n       ", err);
  }

  /** Its children may hold the streams open, so they do not always end with the process. */
  private void readToEnd(Duration patience) {
    try {
      for (Thread reader : readers) {
        if (!reader.join(patience)) {
          throw new AssertionError("its output is still open: " + this);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while reading the output: " + this, e);
    }
  }

  private static Thread reader(String name, InputStream in, Queue<String> lines) {
    return Thread.ofPlatform()
        .daemon(true)
        .name(name)
        .start(() -> {
          try (BufferedReader reader =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
              lines.add(line);
            }
          } catch (IOException e) {
            lines.add("(the output broke off: " + e.getMessage() + ")");
          }
        });
  }

  /** A process started with Ctrl-C ignored, as background jobs of shells are, passes that on. */
  private static List<String> prefix() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("SigIgn:")) {
          long ignored = Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16);
          return (ignored & SIGINT_BIT) == 0 ? List.of() : List.of("env", "--default-signal=INT");
        }
      }
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
