package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.session.HostIdentity;
import io.mobula.driver.ClusterStatus;
import io.mobula.testkit.programs.Visitor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A driver on a machine that is no node of the cluster: all that it has is an address and a token.
 */
final class RemoteDriverIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration END_MAX = Duration.ofSeconds(5);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m");

  @Test
  void shouldRunWhenItIsOnAnotherMachine() {
    try (TestHome elsewhere = TestHome.create();
        TestCluster cluster = TestCluster.start(RemoteDriverIT.class, NODE);
        ChildJvm driver = startDriver(cluster, elsewhere)) {
      assertThat(driver.awaitExit(PATIENCE)).describedAs(driver.toString()).isZero();
      assertThat(driver.out())
          .filteredOn(line -> !line.startsWith("("))
          .containsExactly(
              "total of a value 137439215616",
              "total of an object put here 137439215616",
              "total of an object made there 137439739904",
              "put comes back true",
              "made comes here true",
              "actor counts 3",
              "actor has a name true",
              "worker shares memory true",
              "driver shares memory false",
              "open true",
              "closed");
      assertThat(driver.out())
          .filteredOn(line -> line.matches("\\(.+ pid=\\d+ node=\\S+\\) added up here"))
          .hasSize(3);
      assertThat(driver.err()).isEmpty();
      assertNothingLeft(cluster, elsewhere);
    }
  }

  /** The classes of the program went to the node by content, and the job's things are gone. */
  private static void assertNothingLeft(TestCluster cluster, TestHome elsewhere) {
    TestNode head = cluster.nodes().getFirst();
    assertThat(head.directory().resolve("packages")).isNotEmptyDirectory();
    Deadline end = Deadline.in(END_MAX);
    end.await("its workers end", () -> head.workers().isEmpty());
    end.await("its objects are freed", () -> cluster.statusOf(head).storeUsedBytes() == 0);
    end.await(
        () -> "its resources are free: " + cluster.statusOf(head).available(),
        () -> cluster.statusOf(head).available().equals(cluster.statusOf(head).total()));
    ClusterStatus status = cluster.status();
    assertThat(status.jobs()).extracting(ClusterStatus.Job::isRunning).containsOnly(false);
    assertThat(status.actors()).extracting(ClusterStatus.Actor::phase).containsOnly("DEAD");
    elsewhere.assertNothingLeft(end.remaining());
  }

  /** Its home is another too, so that it can find neither the sockets nor the token's file. */
  private static ChildJvm startDriver(TestCluster cluster, TestHome elsewhere) {
    Map<String, String> environment = new HashMap<>(elsewhere.environment());
    environment.put(HostIdentity.ENVIRONMENT_VARIABLE, "another-machine");
    return ChildJvm.start(
        System.getProperty("java.class.path"),
        Visitor.class.getName(),
        List.of(cluster.address(), cluster.secret()),
        environment);
  }
}
