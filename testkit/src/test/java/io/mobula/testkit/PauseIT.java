package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Everyday;
import io.mobula.testkit.programs.Restless;
import io.mobula.testkit.programs.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who judges others by their silence is held up for longer than that: SIGSTOP, a laptop's sleep, a
 * breakpoint that suspends all threads. See {@link io.mobula.agent.loop.AwakeClock}.
 */
final class PauseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m");

  @Test
  void shouldKeepItsClusterWhenTheProgramWithAllOfItIsHeldUp(@TempDir Path folder)
      throws IOException {
    Path end = folder.resolve("end");
    try (TestHome home = TestHome.create();
        ChildJvm program = start(home, end)) {
      program.awaitLine("round 3 ", PATIENCE);

      holdUp(program, Duration.ofSeconds(8));

      int before = rounds(program);
      Deadline.in(PATIENCE)
          .await(() -> "ten rounds more: " + program, () -> rounds(program) > before + 10);
      Files.createFile(end);
      assertThat(program.awaitLine("alive ", PATIENCE)).isEqualTo("1");
      program.awaitLine("closed", PATIENCE);
      assertThat(program.awaitExit(PATIENCE)).isZero();
      assertThat(program.err()).isEmpty();
      home.assertNothingLeft(PATIENCE);
    }
  }

  @Test
  void shouldKeepItsNodesWhenTheHeadIsHeldUp() {
    try (TestCluster cluster = TestCluster.start(PauseIT.class, NODE, NODE);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      ActorHandle<Tally> tally = Mobula.actor(Tally::new).remote();
      assertThat(tally.call(Tally::count).get(PATIENCE)).isEqualTo(1);

      holdUp(cluster.gcs(), Duration.ofSeconds(13));

      assertThat(tally.call(Tally::count).get(PATIENCE)).isEqualTo(2);
      assertThat(Everyday.FIBONACCI.remote(7).get(PATIENCE)).isEqualTo(13);
      ActorHandle<Tally> next = Mobula.actor(Tally::new).remote();
      assertThat(next.call(Tally::count).get(PATIENCE)).isEqualTo(1);
      assertThat(cluster.status().nodes()).hasSize(2).allMatch(node -> node.isAlive());
    }
  }

  private static void holdUp(ChildJvm process, Duration pause) {
    process.send(Signal.STOP);
    try {
      Deadline end = Deadline.in(pause);
      Deadline.in(pause.plus(PATIENCE)).await("the pause", end::isOver);
    } finally {
      process.send(Signal.CONT);
    }
  }

  private static int rounds(ChildJvm program) {
    return (int) program.out().stream().filter(line -> line.startsWith("round ")).count();
  }

  private static ChildJvm start(TestHome home, Path end) {
    Map<String, String> environment = new HashMap<>(home.environment());
    environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "64m");
    environment.put("MOBULA_RAYLET_NUM_CPUS", "2");
    environment.put("MOBULA_GCS_HEARTBEAT_TIMEOUT", "3s");
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        Restless.class.getName(),
        List.of(end.toString()),
        environment);
  }
}
