package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterStatus;
import io.mobula.testkit.programs.Guest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver of a standing cluster that is killed: what was its own ends, the cluster stays. */
final class DriverKillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration END_MAX = Duration.ofSeconds(5);

  @TempDir Path folder;

  @Test
  void shouldFreeWhatItHadWhenItIsKilled() {
    List<String> node = List.of("raylet.num-cpus=1", "raylet.object-store-memory=64m");
    try (TestCluster cluster = TestCluster.start(DriverKillIT.class, node);
        ChildJvm driver = cluster.startDriver(Guest.class, "wait", folder.toString())) {
      TestNode head = cluster.nodes().getFirst();
      driver.awaitLine("ready", PATIENCE);
      Deadline.in(END_MAX)
          .await(
              () -> "the object is seen: " + cluster.status(),
              () -> cluster.statusOf(head).storeUsedBytes() >= 1 << 20);
      assertThat(cluster.home().workers()).hasSizeGreaterThanOrEqualTo(2);
      assertThat(cluster.status().jobs()).extracting(ClusterStatus.Job::isRunning).contains(true);

      driver.send(Signal.KILL);
      Deadline end = Deadline.in(END_MAX);
      end.await("its workers end", () -> cluster.home().workers().isEmpty());
      end.await("its objects are freed", () -> cluster.statusOf(head).storeUsedBytes() == 0);
      // A node's figures come with its heartbeats: one may say that the store is empty and the next
      // that the lease is over.
      end.await(
          () -> "its resources are free: " + cluster.statusOf(head).available(),
          () -> cluster.statusOf(head).available().equals(cluster.statusOf(head).total()));
      ClusterStatus status = cluster.status();
      assertThat(status.jobs()).extracting(ClusterStatus.Job::isRunning).containsOnly(false);
      assertThat(status.actors()).extracting(ClusterStatus.Actor::phase).containsOnly("DEAD");
      assertThat(head.directory().resolve("raylet.sock")).exists();
      assertThat(
              head.directory()
                  .toFile()
                  .listFiles((_, name) -> name.startsWith("p") && name.endsWith(".sock")))
          .isEmpty();
    }
  }
}
