package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterMemory;
import io.mobula.driver.MemoryQuestion;
import io.mobula.testkit.programs.Hoarder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code mobula memory} says of a cluster of two nodes while a program runs. */
final class MemoryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final List<String> HEAD =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=64m");
  private static final List<String> OTHER =
      List.of(
          "raylet.num-cpus=1", "raylet.object-store-memory=64m", "raylet.resources=elsewhere=1");

  @Test
  void shouldSayWhoHoldsWhatAndWhyWhenAProgramRuns() {
    try (TestCluster cluster = TestCluster.start(MemoryIT.class, HEAD, OTHER);
        ChildJvm driver = cluster.startDriver(Hoarder.class)) {
      driver.awaitLine("nodes=", PATIENCE);
      int head = cluster.nodes().get(0).number();
      int other = cluster.nodes().get(1).number();
      String large = value(driver, "large=");

      Deadline.in(PATIENCE)
          .await(
              () -> "nothing but what is kept: " + ask(cluster, ANSWER_MAX),
              () -> hasSettled(ask(cluster, ANSWER_MAX), large));
      ClusterMemory memory = ask(cluster, ANSWER_MAX);

      String driverId = process(memory, "driver").id();
      String actorId = process(memory, "actor").id();
      assertThat(process(memory, "actor").name()).contains("Shelf");
      assertThat(process(memory, "actor").node()).isEqualTo(other);
      assertThat(memory.isTruncated()).isFalse();
      assertThat(memory.totals().usedBytes()).isGreaterThan(2L * Hoarder.LARGE_BYTES);
      assertThat(memory.nodes()).extracting(ClusterMemory.Node::problem).containsOnly("");

      ClusterMemory.Item largest = memory.objects().getFirst();
      assertThat(largest.id()).isEqualTo(large);
      assertThat(largest.sizeBytes()).isEqualTo(Hoarder.LARGE_BYTES);
      assertThat(largest.owner()).isEqualTo(driverId);
      assertThat(largest.state()).isEqualTo("stored");
      assertThat(largest.callSite())
          .isEqualTo(
              Hoarder.class.getName() + ".main(Hoarder.java:" + value(driver, "line=") + ")");
      assertThat(largest.copies())
          .containsExactlyInAnyOrder(
              new ClusterMemory.Copy(head, "primary", true, driverId, List.of()),
              new ClusterMemory.Copy(
                  other,
                  "secondary",
                  true,
                  "node " + Integer.toUnsignedString(other),
                  List.of(actorId)));
      assertThat(reference(largest, driverId).isOwner()).isTrue();
      assertThat(reference(largest, driverId).hasHandle()).isTrue();

      ClusterMemory.Item inner = item(memory, value(driver, "inner="));
      assertThat(inner.callSite()).contains(".main(Hoarder.java:");
      assertThat(reference(inner, driverId).borrowers()).containsExactly(actorId);
      assertThat(reference(inner, driverId).enclosing()).containsExactly(value(driver, "outer="));
      assertThat(reference(inner, actorId).isOwner()).isFalse();
      assertThat(reference(inner, actorId).hasHandle()).isTrue();
      assertThat(item(memory, value(driver, "outer=")).state()).isEqualTo("inline");
      // Small values are not looked for unless the job wants it.
      assertThat(item(memory, value(driver, "outer=")).callSite()).isEmpty();
    }
  }

  @Test
  void shouldNameTheProcessThatIsSilentWhenItIsStopped() {
    try (TestCluster cluster = TestCluster.start(MemoryIT.class, HEAD, OTHER);
        ChildJvm driver = cluster.startDriver(Hoarder.class)) {
      driver.awaitLine("nodes=", PATIENCE);
      String large = value(driver, "large=");
      driver.send(Signal.STOP);
      ClusterMemory memory = ask(cluster, SHORT);
      driver.send(Signal.CONT);

      assertThat(process(memory, "driver").hasAnswered()).isFalse();
      assertThat(process(memory, "actor").hasAnswered()).isTrue();
      // The store knows what the owner does not say.
      assertThat(item(memory, large).callSite())
          .endsWith("(Hoarder.java:" + value(driver, "line=") + ")");
    }
  }

  private static boolean hasSettled(ClusterMemory memory, String large) {
    return memory.objects().stream()
        .filter(item -> item.id().equals(large))
        .flatMap(item -> item.references().stream())
        .allMatch(reference -> reference.otherCount() == 0 && reference.argumentCount() == 0);
  }

  private static ClusterMemory ask(TestCluster cluster, Duration timeout) {
    return new MemoryQuestion(cluster.address(), cluster.secret(), timeout).ask(100);
  }

  private static String value(ChildJvm driver, String key) {
    return driver.out().stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not printed: " + key + driver));
  }

  private static ClusterMemory.Process process(ClusterMemory memory, String kind) {
    return memory.processes().stream()
        .filter(process -> process.kind().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + ": " + memory));
  }

  private static ClusterMemory.Item item(ClusterMemory memory, String id) {
    return memory.objects().stream()
        .filter(item -> item.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not listed: " + id + ", " + memory));
  }

  private static ClusterMemory.Reference reference(ClusterMemory.Item item, String process) {
    return item.references().stream()
        .filter(reference -> reference.process().equals(process))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no reference of " + process + ": " + item));
  }
}
