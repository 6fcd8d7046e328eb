package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ActorHandle;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Attempts;
import io.mobula.testkit.programs.Clerk;
import io.mobula.testkit.programs.Volumes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GCS that is killed: the cluster ends. */
final class GcsKillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration END_MAX = Duration.ofSeconds(5);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=64m");

  @TempDir Path folder;

  @Test
  void shouldEndEverythingAndTellCallersWhenTheGcsIsKilled() {
    LeftoverThreads threads = LeftoverThreads.now();
    try (TestCluster cluster = TestCluster.start(GcsKillIT.class, NODE, NODE)) {
      try (Session session = Mobula.init(cluster.asDriver())) {
        assertThat(session).isNotNull();
        ActorHandle<Clerk> clerk = Mobula.actor(Clerk::new).remote();
        assertThat(clerk.call(Clerk::next).get(PATIENCE)).isEqualTo(1);
        String path = folder.toString();
        List<ObjectRef<Long>> pids =
            List.of(Attempts.HANG.remote(path), Attempts.HANG.remote(path));
        Deadline.in(PATIENCE).await("an attempt on each", () -> Attempts.pids(folder).size() == 2);
        cluster.home().nodeDirectories();

        cluster.gcs().send(Signal.KILL);
        Deadline end = Deadline.in(END_MAX);
        for (ObjectRef<Long> pid : pids) {
          ClusterConnectionException lost =
              catchThrowableOfType(
                  ClusterConnectionException.class, () -> pid.get(end.remaining()));
          assertThat(lost.code()).isEqualTo(ErrorCode.CLUSTER_LOST);
          assertThat(lost).hasMessageContaining("gcs=" + cluster.address());
        }
        assertThat(
                catchThrowableOfType(
                    ClusterConnectionException.class, () -> clerk.call(Clerk::next).get(END_MAX)))
            .isNotNull();
        byte[] large = new byte[1 << 20];
        List<ThrowingCallable> asking =
            List.of(
                () -> Mobula.put(large),
                () -> Volumes.SIZE.remote(large).get(END_MAX),
                () -> Mobula.actor(Clerk::new).options(o -> o.name("late")).remote(),
                () -> Mobula.getActor("late"),
                Mobula::nodes);
        for (ThrowingCallable call : asking) {
          assertThat(catchThrowableOfType(ClusterConnectionException.class, call)).isNotNull();
        }
        cluster.home().assertNothingLeft(end.remaining());
      }
      for (TestNode node : cluster.nodes()) {
        assertThat(node.process().awaitExit(END_MAX)).isEqualTo(1);
        assertThat(node.process().err().getLast())
            .contains("mobula raylet: ")
            .contains(cluster.address());
      }
    }
    threads.assertNoneLeft(END_MAX);
  }
}
