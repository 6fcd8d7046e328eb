package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Nested;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks that wait for tasks, many more than there are cores. */
final class NestingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m");

  @Test
  void shouldNotDeadlockWhenTasksWaitForTasks() {
    try (TestCluster cluster = TestCluster.start(NestingIT.class, NODE);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      assertThat(Nested.DEEP.remote(30).get(PATIENCE)).isEqualTo(30);
      List<Integer> expected = IntStream.range(3, 203).boxed().toList();
      assertThat(
              Mobula.get(IntStream.range(0, 200).mapToObj(Nested.WIDE::remote).toList(), PATIENCE))
          .isEqualTo(expected);
      TestNode head = cluster.nodes().getFirst();
      Deadline.in(PATIENCE)
          .await(
              () -> "all is free again: " + cluster.status(),
              () -> cluster.statusOf(head).available().equals(cluster.statusOf(head).total()));
    }
  }
}
