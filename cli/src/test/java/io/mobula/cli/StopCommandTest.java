package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which processes are ended, and how. */
final class StopCommandTest {
  private final List<Process> started = new ArrayList<>();

  /** Stays; with the argument {@code stubborn} also when it is asked to end. */
  static final class Lasting {
    private Lasting() {}

    public static void main(String[] arguments) throws Exception {
      if (List.of(arguments).contains("stubborn")) {
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(() -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
      }
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
  }

  @AfterEach
  void endAll() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldKnowDaemonsByTheirMainClass() throws Exception {
    assertThat(StopCommand.isOurs(start("io.mobula.gcs.GcsMain"))).isTrue();
    assertThat(StopCommand.isOurs(start("io.mobula.raylet.RayletMain"))).isTrue();
  }

  @Test
  void shouldKnowDaemonsWhoseClassPathIsLong() throws Exception {
    assertThat(StopCommand.isOurs(start("/a/library.jar:".repeat(800), "io.mobula.gcs.GcsMain")))
        .isTrue();
  }

  @Test
  void shouldLeaveAloneWhatIsNoDaemonWhoseNumberItHasByNow() throws Exception {
    assertThat(StopCommand.isOurs(start("io.mobula.gcs.Other"))).isFalse();
    assertThat(StopCommand.isOurs(ProcessHandle.current())).isFalse();
  }

  @Test
  void shouldLeaveAloneWhatIsGone() throws Exception {
    ProcessHandle gone = start("io.mobula.gcs.GcsMain");
    started.getFirst().destroyForcibly().waitFor();
    assertThat(StopCommand.isOurs(gone)).isFalse();
  }

  @Test
  void shouldEndInOrderWhatCanBeEndedSo() throws Exception {
    ProcessHandle daemon = start("io.mobula.raylet.RayletMain");
    StopCommand.end(daemon, 30);
    assertThat(daemon.isAlive()).isFalse();
    assertThat(started.getFirst().waitFor()).as("ended by SIGTERM").isEqualTo(143);
  }

  @Test
  void shouldBeGoneAfterwardsWhenItDoesNotEndInOrder() throws Exception {
    ProcessHandle daemon = start("io.mobula.raylet.RayletMain", "stubborn");
    StopCommand.end(daemon, 0);
    assertThat(daemon.isAlive()).isFalse();
    assertThat(started.getFirst().waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(started.getFirst().exitValue()).as("ended by SIGKILL").isEqualTo(137);
  }

  private ProcessHandle start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            Path.of(Lasting.class.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString(),
            Lasting.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    assertThat(out.readLine()).isEqualTo("ready");
    return process.toHandle();
  }
}
