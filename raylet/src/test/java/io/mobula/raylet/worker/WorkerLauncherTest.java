package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.lease.LeaseKind;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of each process is heard of, with real processes of a shell that stands in for Java. */
final class WorkerLauncherTest {
  private static final int NUMBER = 7;
  private static final WorkerStart START =
      new WorkerStart(NUMBER, 1, LeaseKind.SHARED, "task", 1 << 20);

  private static final JobJvm NO_OPTIONS = new JobJvm(List.of(), List.of());

  @TempDir private Path folder;

  private final BlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private Path pidFile;

  @BeforeEach
  void makeFolders() throws Exception {
    Files.createDirectories(folder.resolve("bin"));
    Files.createDirectories(folder.resolve("logs"));
    pidFile = folder.resolve("pid");
  }

  @Test
  void shouldTellOfExitWhenBoardThrows() throws Exception {
    WorkerLauncher launcher =
        new WorkerLauncher(
            command("exit 3"), throwing(), folder.resolve("logs"), posted::add, new Heard());
    launcher.launch(START, NO_OPTIONS, Map.of());
    assertThat(next()).startsWith("launched");
    assertThat(nextOf("exited")).contains("exit code 3");
  }

  @Test
  void shouldTellOfExitAndEndOfOutputWhenLogThrows() throws Exception {
    WorkerLauncher launcher =
        new WorkerLauncher(
            command("yes | head -c 1000000; exit 3"), folder, throwing(), posted::add, new Heard());
    launcher.launch(START, NO_OPTIONS, Map.of());
    assertThat(next()).startsWith("launched");
    assertThat(nextOf("exited")).isNotEmpty();
  }

  @Test
  void shouldTellOfExitWhenItCannotBeWatched() throws Exception {
    WorkerLauncher launcher =
        new WorkerLauncher(command("exec sleep 100"), folder, unusable(), posted::add, new Heard());
    launcher.launch(START, NO_OPTIONS, Map.of());
    assertThat(next()).startsWith("launched");
    assertThat(nextOf("exited")).contains("could not be watched");
  }

  @Test
  void shouldEndProcessWhenLoopTakesNothingAnyMore() throws Exception {
    WorkerLauncher launcher = launcher("echo $$ > " + pidFile + "; exec sleep 100");
    launcher.launch(START, NO_OPTIONS, Map.of());
    long pid = awaitPid();
    // What was posted is never run: so it is when a loop ends.
    launcher.close();
    Awaitility.await()
        .until(() -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), is -> !is);
  }

  @Test
  void shouldEndProcessWhenClosedBeforeItIsStarted() throws Exception {
    WorkerLauncher launcher = launcher("echo $$ > " + pidFile + "; exec sleep 100");
    launcher.close();
    launcher.launch(START, NO_OPTIONS, Map.of());
    assertThat(next()).startsWith("launched");
    assertThat(nextOf("exited")).isNotEmpty();
  }

  private WorkerLauncher launcher(String script) throws Exception {
    return new WorkerLauncher(
        command(script), folder, folder.resolve("logs"), posted::add, new Heard());
  }

  private WorkerCommand command(String script) throws Exception {
    Path java = folder.resolve("bin/java");
    Files.writeString(java, "#!/bin/sh\n" + script + "\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return WorkerCommand.of(folder.toString(), "", List.of(), Map.of("PATH", "/usr/bin:/bin"));
  }

  /** At which every call throws, in place of a thread that can't be had. */
  private static Path unusable() {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(),
            new Class<?>[] {Path.class},
            (_, _, _) -> {
              throw new OutOfMemoryError("on purpose");
            });
  }

  /** A folder at which every use throws something unchecked, as a lack of memory does. */
  private Path throwing() throws Exception {
    try (FileSystem closed =
        FileSystems.newFileSystem(folder.resolve("closed.zip"), Map.of("create", "true"))) {
      return closed.getPath("/");
    }
  }

  private long awaitPid() {
    return Awaitility.await().until(this::pid, Optional::isPresent).orElseThrow();
  }

  private Optional<Long> pid() throws Exception {
    String text = Files.exists(pidFile) ? Files.readString(pidFile).strip() : "";
    return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
  }

  private String nextOf(String kind) throws InterruptedException {
    String said = next();
    while (!said.startsWith(kind)) {
      said = next();
    }
    return said;
  }

  /** What the raylet hears next, which its loop runs. */
  private String next() throws InterruptedException {
    while (heard.isEmpty()) {
      Runnable action = posted.poll(20, TimeUnit.SECONDS);
      assertThat(action).as("something posted in time").isNotNull();
      action.run();
    }
    return heard.take();
  }

  private final class Heard implements WorkerProcesses.Events {
    @Override
    public void launched(int number, long pid) {
      heard.add("launched " + number);
    }

    @Override
    public void launchFailed(int number, String message) {
      heard.add("launchFailed " + message);
    }

    @Override
    public void exited(int number, String status, LastWords last) {
      heard.add("exited " + status);
    }

    @Override
    public void wrote(OutputBuffer output) {
      heard.add("wrote");
    }
  }
}
