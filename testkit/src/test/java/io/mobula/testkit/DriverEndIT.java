package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.testkit.programs.Guest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which a driver's process ends, with a cluster of its own inside it. */
final class DriverEndIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration END_MAX = Duration.ofSeconds(5);

  /** An end waits for a start that is under way. */
  private static final Duration START_AND_END_MAX = Duration.ofSeconds(15);

  private static final String READY = "ready 1048576";

  @TempDir Path folder;
  private final TestHome home = TestHome.create();

  @AfterEach
  void close() {
    home.close();
  }

  @ParameterizedTest
  @CsvSource({"close, 0", "exit, 3", "throw, 1", "return, 0"})
  void shouldLeaveNothingWhenItEnds(String way, int exitCode) throws IOException {
    try (ChildJvm driver = start(way)) {
      Deadline end = Deadline.in(END_MAX);
      assertThat(driver.awaitExit(END_MAX)).isEqualTo(exitCode);
      home.assertNothingLeft(end.remaining());
      assertThat(home.root().sweep().sessions().size()).isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait", "get"})
  void shouldLeaveNothingAndSayNothingWhenCtrlCIsPressed(String way) {
    try (ChildJvm driver = start(way)) {
      List<ProcessHandle> all = home.processes();
      Deadline end = Deadline.in(END_MAX);
      all.forEach(process -> Signal.INT.sendTo(process.pid()));
      assertThat(driver.awaitExit(END_MAX)).isEqualTo(130);
      assertThat(driver.err()).noneMatch(line -> line.contains("Exception"));
      home.assertNothingLeft(end.remaining());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldLeaveNothingWhenCtrlCIsPressedDuringItsStart(boolean hasNode) {
    try (ChildJvm driver = launch("wait")) {
      Deadline.in(PATIENCE)
          .await(
              "a start under way",
              () ->
                  hasNode ? !home.nodeDirectories().isEmpty() : !home.root().sessions().isEmpty());
      Deadline end = Deadline.in(START_AND_END_MAX);
      home.processes().forEach(process -> Signal.INT.sendTo(process.pid()));
      assertThat(driver.awaitExit(START_AND_END_MAX)).isEqualTo(130);
      assertThat(driver.err()).noneMatch(line -> line.contains("Exception"));
      assertThat(driver.out()).as("it had not begun its work").noneMatch(READY::equals);
      home.assertNothingLeft(end.remaining());
    }
  }

  @Test
  void shouldLeaveNoProcessAndNoFileWhenItIsKilled() throws IOException {
    try (ChildJvm driver = start("wait")) {
      driver.send(Signal.KILL);
      home.assertNothingLeft(END_MAX);
    }
    assertThat(home.root().sessions()).hasSize(1);
    home.root().sweep();
    assertThat(home.root().sessions()).isEmpty();
  }

  private ChildJvm start(String way) {
    ChildJvm driver = launch(way);
    assertThat(driver.awaitLine("ready", PATIENCE)).isEqualTo("1048576");
    home.nodeDirectories();
    return driver;
  }

  private ChildJvm launch(String way) {
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        Guest.class.getName(),
        List.of(way, folder.toString()),
        environment());
  }

  private Map<String, String> environment() {
    return home.environment();
  }
}
