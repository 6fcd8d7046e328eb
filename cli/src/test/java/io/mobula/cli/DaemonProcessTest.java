package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DaemonProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  /** A daemon that says it is ready, and stays. */
  static final class Lasting {
    private Lasting() {}

    public static void main(String[] arguments) throws Exception {
      Files.createFile(Path.of(arguments[0]));
      new CountDownLatch(1).await();
    }
  }

  /** A daemon that can't start and doesn't say why. */
  static final class Silent {
    private Silent() {}

    public static void main(String[] arguments) {
      System.exit(3);
    }
  }

  /** A daemon that can't start. */
  static final class Failing {
    private Failing() {}

    public static void main(String[] arguments) {
      System.out.println("some line before");
      System.err.println("mobula failing: " + arguments[0]);
      System.err.println();
      System.exit(Integer.parseInt(arguments[1]));
    }
  }

  @Test
  void shouldWaitUntilTheDaemonSaysThatItIsReady() throws Exception {
    Path ready = folder.resolve("ready");
    DaemonProcess daemon = start("lasting", Lasting.class, List.of(ready.toString()), true);
    daemon.awaitReady(() -> Files.exists(ready), PATIENCE);
    assertThat(ProcessHandle.of(daemon.pid())).get().matches(ProcessHandle::isAlive);
    daemon.end();
    assertThat(daemon.await()).isNotZero();
  }

  @Test
  void shouldSayTheLastThingTheDaemonWroteWhenItEndsAtOnce() throws Exception {
    DaemonProcess daemon =
        start("failing", Failing.class, List.of("the port is taken", "1"), false);
    CommandFailure failure =
        catchThrowableOfType(CommandFailure.class, () -> daemon.awaitReady(() -> false, PATIENCE));
    assertThat(failure)
        .hasMessage("the failing could not be started: the port is taken")
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(MobulaCommand.FAILED));
  }

  @Test
  void shouldSayTheReasonWhenTheLogIsNotInUtf8() throws Exception {
    Path log = folder.resolve("failing.log");
    Files.write(log, new byte[] {(byte) 0xfc, 'b', 'e', 'r', '\n'});
    DaemonProcess daemon = start("failing", Failing.class, List.of("no room", "1"), false);
    CommandFailure failure =
        catchThrowableOfType(CommandFailure.class, () -> daemon.awaitReady(() -> false, PATIENCE));
    assertThat(failure).hasMessageContaining("no room");
  }

  @Test
  void shouldSayThatThereIsNoReasonWhenTheDaemonWroteNone() throws Exception {
    DaemonProcess daemon = start("failing", Silent.class, List.of(), false);
    CommandFailure failure =
        catchThrowableOfType(CommandFailure.class, () -> daemon.awaitReady(() -> false, PATIENCE));
    assertThat(failure).hasMessage("the failing could not be started: it wrote nothing");
  }

  @Test
  void shouldPassOnThatItWasUsedWronglyWhenTheDaemonSaysSo() throws Exception {
    DaemonProcess daemon = start("failing", Failing.class, List.of("no such setting", "2"), false);
    CommandFailure failure =
        catchThrowableOfType(CommandFailure.class, () -> daemon.awaitReady(() -> false, PATIENCE));
    assertThat(failure.exitCode()).isEqualTo(MobulaCommand.WRONG_USAGE);
  }

  @Test
  void shouldSayWhereItsLogIsWhenItIsNeverReady() throws Exception {
    DaemonProcess daemon =
        start("lasting", Lasting.class, List.of(folder.resolve("ready").toString()), false);
    CommandFailure failure =
        catchThrowableOfType(
            CommandFailure.class, () -> daemon.awaitReady(() -> false, Duration.ofMillis(200)));
    assertThat(failure).hasMessageContaining("lasting.log");
    daemon.end();
  }

  private DaemonProcess start(
      String kind, Class<?> main, List<String> arguments, boolean isDetached) throws Exception {
    return DaemonProcess.start(
        kind, main.getName(), arguments, folder.resolve(kind + ".log"), isDetached);
  }
}
