package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterStatus;
import io.mobula.testkit.programs.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One program on a cluster inside it, on a head, and on a head with two more nodes. */
final class ClusterFormsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final Duration END_MAX = Duration.ofSeconds(5);
  private static final List<String> NODE =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=64m");
  private static final List<String> OTHER_MACHINE =
      List.of(
          "raylet.num-cpus=1", "raylet.object-store-memory=64m", "raylet.host-id=another-machine");

  @TempDir Path folder;

  @Test
  void shouldRunEmbeddedWhenNoClusterIsNamed() {
    try (TestHome home = TestHome.create()) {
      Map<String, String> environment = new HashMap<>(home.environment());
      environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "64m");
      environment.put("MOBULA_RAYLET_NUM_CPUS", "1");
      try (ChildJvm driver =
          ChildJvm.start(
              System.getProperty("java.class.path"),
              Spread.class.getName(),
              List.of(folder.toString()),
              environment)) {
        assertOutput(driver, 1);
      }
      home.assertNothingLeft(END_MAX);
    }
  }

  @Test
  void shouldRunOnTheHeadWhenThatIsAll() {
    try (TestCluster cluster = TestCluster.start(ClusterFormsIT.class, NODE);
        ChildJvm driver = cluster.startDriver(Spread.class, folder.toString())) {
      assertOutput(driver, 1);
    }
  }

  @Test
  void shouldRunOnEveryNodeWhenThereAreThree() throws IOException {
    try (TestCluster cluster = TestCluster.start(ClusterFormsIT.class, NODE, NODE, OTHER_MACHINE);
        ChildJvm driver = cluster.startDriver(Spread.class, folder.toString())) {
      assertOutput(driver, 3);
      assertThat(cluster.status().nodes())
          .hasSize(3)
          .extracting(ClusterStatus.Node::isAlive)
          .containsOnly(true);
      assertThat(packages(cluster.nodes().get(1))).isEmpty();
      assertThat(packages(cluster.nodes().get(2))).isNotEmpty();
    }
  }

  private static void assertOutput(ChildJvm driver, int nodes) {
    assertThat(driver.awaitExit(PATIENCE)).describedAs(driver.toString()).isZero();
    assertThat(driver.out())
        .contains("closed")
        .contains(
            "nodes="
                + nodes
                + " from="
                + nodes
                + " pairs="
                + nodes * nodes
                + " sum=25000.0 length=50000 open=true");
    assertThat(driver.out())
        .filteredOn(line -> line.matches("\\(.+ pid=\\d+ node=\\S+\\) made here"))
        .hasSize(nodes);
  }

  private static List<Path> packages(TestNode node) throws IOException {
    try (Stream<Path> files = Files.list(node.directory().resolve("packages"))) {
      return files.toList();
    }
  }
}
