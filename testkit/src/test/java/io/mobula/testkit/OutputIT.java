package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.testkit.programs.Talker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What workers write is at the driver when its session is closed: all of it, each line alone. */
final class OutputIT {
  private static final Duration PATIENCE = Duration.ofSeconds(280);
  private static final Duration END_MAX = Duration.ofSeconds(10);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m");
  private static final List<String> OTHER_MACHINE =
      List.of(
          "raylet.num-cpus=2", "raylet.object-store-memory=64m", "raylet.host-id=another-machine");

  private final TestHome home = TestHome.create();

  @AfterEach
  void close() {
    home.close();
  }

  @Test
  @Timeout(300)
  void shouldShowEverythingWhenManySessionsAreClosedAtOnce() {
    int sessions = Integer.getInteger("mobula.test.output-sessions", 20);
    try (ChildJvm driver = start(sessions, 300, 3, "close")) {
      assertThat(driver.awaitExit(PATIENCE)).as(driver.toString()).isZero();
      assertAllShown(driver, sessions, 3, 300);
      home.assertNothingLeft(END_MAX);
    }
  }

  @Test
  void shouldShowEveryLineWhenThousandsComeAtOnce() {
    try (ChildJvm driver = start(1, 3_000, 3, "close")) {
      assertThat(driver.awaitExit(PATIENCE)).as(driver.err().toString()).isZero();
      assertAllShown(driver, 1, 3, 3_000);
    }
  }

  @Test
  void shouldShowEverythingWhenWorkersAreOnOtherNodes() {
    try (TestCluster cluster = TestCluster.start(OutputIT.class, NODE, OTHER_MACHINE);
        ChildJvm driver = cluster.startDriver(Talker.class, "3", "200", "4", "close")) {
      assertThat(driver.awaitExit(PATIENCE)).as(driver.toString()).isZero();
      assertAllShown(driver, 3, 4, 200);
    }
  }

  @Test
  void shouldShowBeginningOfLineWhenItsEndIsLong() {
    try (ChildJvm driver = start(1, 1, 1, "wait")) {
      driver.awaitLine("ready", PATIENCE);
      Deadline.in(END_MAX)
          .await(
              () -> "the line that has no end: " + driver,
              () -> texts(driver.out()).contains("murmured 0"));
      assertThat(texts(driver.err())).contains("hummed 0");
    }
  }

  @Test
  void shouldShowEverythingWhenCtrlCIsPressed() {
    try (ChildJvm driver = start(1, 1_000, 3, "wait")) {
      driver.awaitLine("ready", PATIENCE);
      home.processes().forEach(process -> Signal.INT.sendTo(process.pid()));
      assertThat(driver.awaitExit(END_MAX)).isEqualTo(130);
      assertAllShown(driver, 1, 3, 1_000);
      home.assertNothingLeft(END_MAX);
    }
  }

  private static void assertAllShown(ChildJvm driver, int sessions, int tasks, int lines) {
    List<String> out = texts(driver.out());
    List<String> err = texts(driver.err());
    assertThat(driver.err()).noneMatch(line -> line.contains("left out"));
    assertThat(driver.err()).noneMatch(line -> line.contains("missing"));
    for (int session = 0; session < sessions; session++) {
      for (int task = 0; task < tasks; task++) {
        String who = session + " " + task;
        String prefix = "said " + who + " ";
        assertThat(out.stream().filter(line -> line.startsWith(prefix)))
            .as("all lines, in order")
            .containsExactlyElementsOf(
                IntStream.range(0, lines).mapToObj(line -> prefix + line).toList());
        assertThat(err).containsOnlyOnce("sighed " + who);
      }
      assertThat(out).containsOnlyOnce("murmured " + session);
      assertThat(err).containsOnlyOnce("hummed " + session);
    }
  }

  /** Lines of workers without the name of who wrote them. */
  private static List<String> texts(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("("))
        .map(line -> line.substring(line.indexOf(") ") + 2))
        .toList();
  }

  private ChildJvm start(int sessions, int lines, int tasks, String way) {
    Map<String, String> environment = new HashMap<>(home.environment());
    environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "64m");
    environment.put("MOBULA_RAYLET_NUM_CPUS", "2");
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        Talker.class.getName(),
        List.of(Integer.toString(sessions), Integer.toString(lines), Integer.toString(tasks), way),
        environment);
  }
}
