package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.testkit.programs.Paused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A program in local mode by its environment, seen from outside: what it opens, what it leaves, and
 * that it may be held up, as by a breakpoint that suspends all threads.
 */
final class LocalProcessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  @Test
  void shouldKeepItsClusterWhenAllOfItIsHeldUp() throws IOException {
    try (TestHome home = TestHome.create();
        ChildJvm program = start(home)) {
      program.awaitLine("ready", PATIENCE);
      assertThat(socketsOf(program.pid())).isEmpty();
      assertThat(home.processes()).extracting(ProcessHandle::pid).containsExactly(program.pid());
      assertThat(home.nodeDirectories()).hasSize(1);

      program.send(Signal.STOP);
      Deadline pause = Deadline.in(PAUSE);
      Deadline.in(PATIENCE).await("the pause", pause::isOver);
      program.send(Signal.CONT);

      assertThat(program.awaitLine("task", PATIENCE)).isEqualTo("13");
      assertThat(program.awaitLine("actor", PATIENCE)).isEqualTo("3");
      assertThat(program.awaitLine("nodes", PATIENCE)).isEqualTo("1 true");
      program.awaitLine("closed", PATIENCE);
      assertThat(program.awaitExit(PATIENCE)).isZero();
      assertThat(program.err()).isEmpty();
      home.assertNothingLeft(PATIENCE);
      assertThat(home.root().sessions()).isEmpty();
    }
  }

  @Test
  void shouldLeaveToTheNextStartWhatAKilledProgramCouldNotRemove() throws IOException {
    try (TestHome home = TestHome.create()) {
      try (ChildJvm killed = start(home)) {
        killed.awaitLine("ready", PATIENCE);
        killed.send(Signal.KILL);
        killed.awaitExit(PATIENCE);
      }
      assertThat(home.root().sessions()).hasSize(1);
      try (ChildJvm next = start(home)) {
        next.awaitLine("ready", PATIENCE);
        assertThat(home.root().sessions()).hasSize(1);
        next.send(Signal.TERM);
        next.awaitExit(PATIENCE);
      }
      home.assertNothingLeft(PATIENCE);
      assertThat(home.root().sessions()).isEmpty();
    }
  }

  /** Where a cluster of several processes is named, too, which does not count then. */
  private static ChildJvm start(TestHome home) {
    Map<String, String> environment = new HashMap<>(home.environment());
    environment.put("MOBULA_DRIVER_LOCAL", "true");
    environment.put("MOBULA_ADDRESS", "127.0.0.1:1");
    environment.put("MOBULA_GCS_HEARTBEAT_TIMEOUT", "100ms");
    environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "16MiB");
    return ChildJvm.start(
        System.getProperty("java.class.path"), Paused.class.getName(), List.of(), environment);
  }

  private static List<String> socketsOf(long pid) throws IOException {
    List<String> sockets = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:")) {
            sockets.add(target);
          }
        }
      }
    }
    return sockets;
  }
}
