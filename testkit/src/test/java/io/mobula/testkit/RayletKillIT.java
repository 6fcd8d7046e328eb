package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Attempts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raylets that are killed, with tasks on their nodes and drivers attached. */
final class RayletKillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration END_MAX = Duration.ofSeconds(5);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m", "raylet.resources=x=1");

  @TempDir Path folder;

  @Test
  void shouldRunTasksElsewhereWhenTheirNodeIsKilled() throws IOException {
    try (TestCluster cluster = TestCluster.start(RayletKillIT.class, NODE, NODE);
        Session session = Mobula.init(cluster.asDriver())) {
      assertThat(session).isNotNull();
      TestNode head = cluster.nodes().getFirst();
      TestNode other = cluster.nodes().getLast();
      cluster.home().nodeDirectories();
      List<ObjectRef<Long>> pids = List.of(hang(), hang());
      Deadline.in(PATIENCE).await("an attempt on each", () -> Attempts.pids(folder).size() == 2);
      List<Long> first = Attempts.pids(folder);
      List<ProcessHandle> orphans = other.workers();
      assertThat(orphans).extracting(ProcessHandle::pid).containsAnyElementsOf(first);
      Attempts.allow(folder);

      other.process().send(Signal.KILL);
      Deadline.in(END_MAX)
          .await(
              () -> "its workers end: " + orphans,
              () -> orphans.stream().noneMatch(ProcessHandle::isAlive));
      Deadline.in(END_MAX).await("it is dead", () -> !cluster.statusOf(other).isAlive());
      assertThat(cluster.statusOf(other).deathReason()).isNotEmpty();
      Deadline.in(END_MAX).await("its files are gone", () -> !other.directory().toFile().exists());

      first.stream()
          .filter(pid -> orphans.stream().noneMatch(orphan -> orphan.pid() == pid))
          .forEach(Signal.KILL::sendTo);
      List<Long> last = Mobula.get(pids, PATIENCE);
      assertThat(last).doesNotContainAnyElementsOf(first);
      assertThat(head.workers()).extracting(ProcessHandle::pid).containsAll(last);
    }
  }

  @Test
  void shouldTellTheDriverWhenItsRayletIsKilled() throws IOException {
    LeftoverThreads threads = LeftoverThreads.now();
    try (TestCluster cluster = TestCluster.start(RayletKillIT.class, NODE)) {
      TestNode node = cluster.nodes().getFirst();
      try (Session session = Mobula.init(cluster.asDriver())) {
        assertThat(session).isNotNull();
        cluster.home().nodeDirectories();
        ObjectRef<Long> pid = hang();
        Deadline.in(PATIENCE).await("an attempt", () -> Attempts.pids(folder).size() == 1);
        node.process().send(Signal.KILL);
        ClusterConnectionException lost =
            catchThrowableOfType(ClusterConnectionException.class, () -> pid.get(END_MAX));
        assertThat(lost.code()).isEqualTo(ErrorCode.CLUSTER_LOST);
        assertThat(lost).hasMessageContaining("node " + node.number());
        assertThat(
                catchThrowableOfType(ClusterConnectionException.class, () -> hang().get(END_MAX)))
            .isNotNull();
      }
      assertThat(Mobula.isInitialized()).isFalse();
      Deadline.in(END_MAX).await("its workers end", () -> cluster.home().workers().isEmpty());
      Deadline.in(END_MAX)
          .await(
              () -> "its files are gone: " + cluster.home().fileLeftovers(),
              () -> cluster.home().fileLeftovers().isEmpty());
    }
    threads.assertNoneLeft(END_MAX);
  }

  private ObjectRef<Long> hang() {
    return Attempts.HANG.options(o -> o.resources(Map.of("x", 1.0))).remote(folder.toString());
  }
}
