package io.mobula.store;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that runs a main class of the tests, without any flag, and that a test talks to by
 * lines. It is killed at the latest when it is closed.
 */
public final class ChildJvm implements AutoCloseable {

  private static final long DEADLINE_SECONDS = 30;

  private final Process process;
  private final BufferedReader output;
  private final Path errorFile;

  private ChildJvm(Process process, Path errorFile) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.errorFile = errorFile;
  }

  /** Starts a JVM. */
  public static ChildJvm start(Class<?> main, Object... arguments) throws IOException {
    return start(List.of(), main, arguments);
  }

  /** Starts a JVM by another command, which gets the JVM's command line as its last arguments. */
  public static ChildJvm start(List<String> prefix, Class<?> main, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(location(StoreKey.class) + File.pathSeparator + location(ChildJvm.class));
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path errorFile = Files.createTempFile("child", ".stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.to(errorFile.toFile()))
            .start();
    return new ChildJvm(process, errorFile);
  }

  /** The next line that it prints; fails if it ends first. */
  public String readLine() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("Child ended: stderr=" + Files.readString(errorFile));
    }
    return line;
  }

  /** Lets it go on: every child reads a line where it waits. */
  public void resume() {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it, as kill -9 does, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  /** Its exit code. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("Child does not end: pid=" + process.pid());
    }
    return process.exitValue();
  }

  /** All that it printed as errors. */
  public String errors() throws IOException {
    return Files.readString(errorFile);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
    Files.deleteIfExists(errorFile);
  }

  private static String location(Class<?> type) {
    return Path.of(
            java.net.URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }
}
