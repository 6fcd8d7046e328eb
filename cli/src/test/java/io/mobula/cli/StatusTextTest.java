package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StatusTextTest {
  private static final ClusterStatus.Node HEAD =
      node(1, true, true, "", Map.of("CPU", 4.0, "memory", 8.0 * (1L << 30)), 3, 2);
  private static final ClusterStatus.Job JOB =
      new ClusterStatus.Job(1, "com.example.App", true, 4711, 0);

  @Test
  void shouldShowWhatIsUsedOfWhatThereIs() {
    assertThat(StatusText.of("head:1", status(List.of(HEAD), List.of(), List.of())))
        .isEqualTo(
            """
            cluster at head:1: 1 node

            node      host  address  state  cpu used     memory used  store used     workers  queued
            1 (head)  box1  box1:7   alive  1.000/4.000  2.0/8.0 GiB  0.50/1.00 GiB  3        2\
            """);
  }

  @Test
  void shouldCountTheLivingAndSayWhyOthersDied() {
    ClusterStatus.Node dead = node(2, false, false, "it was killed", Map.of("CPU", 1.0), 0, 0);
    assertThat(StatusText.of("head:1", status(List.of(HEAD, dead), List.of(), List.of())))
        .startsWith("cluster at head:1: 1 node\n")
        .contains("dead: it was killed");
    assertThat(
            StatusText.of(
                "head:1",
                status(
                    List.of(HEAD, node(2, false, true, "", Map.of("CPU", 1.0), 0, 0)),
                    List.of(),
                    List.of())))
        .startsWith("cluster at head:1: 2 nodes\n");
  }

  @Test
  void shouldShowTheLivingFirstAndNothingUsedOfTheDead() {
    ClusterStatus.Node dead =
        node(2, false, false, "killed", Map.of("CPU", 16.0, "gpu", 4.0), 5, 1);
    ClusterStatus.Node third = node(3, false, true, "", Map.of("CPU", 2.0), 0, 0);
    String text = StatusText.of("head:1", status(List.of(dead, third, HEAD), List.of(), List.of()));
    assertThat(text).containsSubsequence("1 (head)", "3 ", "2 ", "dead: killed");
    assertThat(text.lines().filter(line -> line.contains("dead: killed")))
        .singleElement()
        .asString()
        .doesNotContain("16", "gpu", "GiB");
  }

  @Test
  void shouldShowNoTablesOfWhatThereIsNot() {
    assertThat(StatusText.of("head:1", status(List.of(), List.of(), List.of())))
        .isEqualTo("cluster at head:1: 0 nodes");
    assertThat(StatusText.of("head:1", status(List.of(HEAD), List.of(), List.of())))
        .doesNotContain("job", "actor");
  }

  @Test
  void shouldShowActorsThatHaveNoProcessYetOrAgain() {
    ClusterStatus.Actor pending =
        new ClusterStatus.Actor("1.1.5", "Counter", "", "PENDING", 0, 0, 0);
    ClusterStatus.Actor restarting =
        new ClusterStatus.Actor("1.1.6", "Counter", "main", "RESTARTING", 1, 0, 3);
    assertThat(
            StatusText.of("head:1", status(List.of(HEAD), List.of(), List.of(pending, restarting))))
        .contains("pending", "restarting", "main");
  }

  @Test
  void shouldNameCustomResources() {
    ClusterStatus.Node gpus =
        node(3, false, true, "", Map.of("CPU", 4.0, "ssd", 2.0, "gpu", 8.0), 0, 0);
    assertThat(StatusText.of("head:1", status(List.of(gpus), List.of(), List.of())))
        .contains("other")
        .contains("gpu 2.000/8.000, ssd 0.5000/2.000");
  }

  @Test
  void shouldShowRunningJobsAndLivingActorsAlone() {
    ClusterStatus.Job over = new ClusterStatus.Job(2, "com.example.Over", false, 4712, 0);
    ClusterStatus.Actor living =
        new ClusterStatus.Actor("1.1.5", "Counter", "main", "ALIVE", 1, 99, 2);
    ClusterStatus.Actor dead = new ClusterStatus.Actor("1.1.6", "Gone", "", "DEAD", 1, 98, 0);
    assertThat(
            StatusText.of(
                "head:1", status(List.of(HEAD), List.of(JOB, over), List.of(living, dead))))
        .contains(
            """
            job  pid   program
            1    4711  com.example.App
            """)
        .endsWith(
            """
            actor  class    name  state  node  pid  restarts
            1.1.5  Counter  main  alive  1     99   2\
            """)
        .doesNotContain("Over", "Gone");
  }

  private static ClusterStatus status(
      List<ClusterStatus.Node> nodes,
      List<ClusterStatus.Job> jobs,
      List<ClusterStatus.Actor> actors) {
    return new ClusterStatus("c0ffee", nodes, jobs, actors);
  }

  /** Three quarters of everything are free. */
  private static ClusterStatus.Node node(
      int number,
      boolean isHead,
      boolean isAlive,
      String deathReason,
      Map<String, Double> total,
      int workers,
      int queued) {
    Map<String, Double> available = new java.util.TreeMap<>(total);
    available.replaceAll((name, amount) -> amount * 3 / 4);
    return new ClusterStatus.Node(
        number,
        "box" + number,
        "box" + number + ":7",
        isHead,
        isAlive,
        deathReason,
        1000 + number,
        total,
        available,
        1L << 29,
        1L << 30,
        workers,
        0,
        queued,
        0);
  }
}
