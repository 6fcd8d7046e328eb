package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.WorkerDiedException;
import io.mobula.testkit.programs.Poison;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that share a worker with one that ends it. */
final class PoisonIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestCluster cluster;
  private static Session session;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.start(
            PoisonIT.class, List.of("raylet.num-cpus=4", "raylet.object-store-memory=64m"));
    session = Mobula.init(cluster.asDriver());
  }

  @AfterAll
  static void stop() {
    session.close();
    cluster.close();
  }

  @Test
  void shouldRunEveryInnocentOnceMoreAloneWhenAPoisonTaskEndsTheirWorker() throws IOException {
    List<ObjectRef<Long>> innocents = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      innocents.add(Poison.INNOCENT.remote(folder.toString(), name));
    }
    await("a", "b", "c");
    long shared = Poison.pids(folder, "a").getFirst();
    ObjectRef<Long> poison = Poison.EXIT.remote(folder.toString());

    List<Long> pids = innocents.stream().map(innocent -> innocent.get(PATIENCE)).toList();

    assertThat(pids).doesNotContain(shared);
    for (String name : List.of("a", "b", "c")) {
      assertThat(Poison.pids(folder, name)).as(name).hasSize(2);
    }
    assertThat(catchDeath(poison))
        .hasMessageContaining("attempts=4 (and 1 beside other tasks")
        .hasMessageContaining("it was alone in that worker")
        .hasMessageContaining("exit code 7")
        .hasMessageContaining("so long");
    assertThat(Poison.pids(folder, "poison")).hasSize(5).doesNotHaveDuplicates().contains(shared);
  }

  @Test
  void shouldShareAWorkerAgainWhenTheyHaveRunAlone() throws IOException {
    ObjectRef<Long> innocent = Poison.INNOCENT.remote(folder.toString(), "a");
    await("a");
    ObjectRef<Long> poison = Poison.EXIT.options(o -> o.maxRetries(0)).remote(folder.toString());
    innocent.get(PATIENCE);
    catchDeath(poison);

    ObjectRef<Long> first = Poison.TOGETHER.remote(folder.toString(), 2);
    ObjectRef<Long> second = Poison.TOGETHER.remote(folder.toString(), 2);

    assertThat(first.get(PATIENCE)).isEqualTo(second.get(PATIENCE));
  }

  @Test
  void shouldSayHowManyWereThereWhenATaskMustNotRunTwice() throws IOException {
    ObjectRef<Long> once =
        Poison.INNOCENT.options(o -> o.maxRetries(0)).remote(folder.toString(), "once");
    ObjectRef<Long> innocent = Poison.INNOCENT.remote(folder.toString(), "a");
    await("once", "a");
    ObjectRef<Long> poison = Poison.EXIT.options(o -> o.maxRetries(0)).remote(folder.toString());

    assertThat(catchDeath(once))
        .hasMessageContaining("attempts=1")
        .hasMessageContaining("one of 3 tasks running in that worker");
    assertThat(catchDeath(poison)).hasMessageContaining("one of 3 tasks");
    assertThat(innocent.get(PATIENCE)).isPositive();
    assertThat(Poison.pids(folder, "once")).hasSize(1);
    assertThat(Poison.pids(folder, "poison")).hasSize(1);
  }

  @Test
  void shouldRunWhatHadNotStartedOnceWhenItMustNotRunTwice() throws IOException {
    // One lease for all of them, on which short tasks are pushed many at a time.
    for (int i = 0; i < 200; i++) {
      Poison.SHORT.options(o -> o.numCpus(4)).remote(folder.toString(), "warm").get(PATIENCE);
    }
    ObjectRef<Long> poison =
        Poison.EXIT.options(o -> o.numCpus(4).maxRetries(0)).remote(folder.toString());
    List<ObjectRef<Long>> behind = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      behind.add(
          Poison.SHORT
              .options(o -> o.numCpus(4).maxRetries(0))
              .remote(folder.toString(), "behind"));
    }

    assertThat(catchDeath(poison)).hasMessageContaining("alone in that worker");
    behind.forEach(task -> assertThat(task.get(PATIENCE)).isPositive());
    assertThat(Poison.pids(folder, "behind")).hasSize(20);
  }

  @Test
  void shouldSuspectBothWhenTheWorkerOfTwoIsKilled() throws IOException {
    List<ObjectRef<Long>> both =
        List.of(
            Poison.INNOCENT.options(o -> o.maxRetries(1)).remote(folder.toString(), "a"),
            Poison.INNOCENT.options(o -> o.maxRetries(1)).remote(folder.toString(), "b"));
    await("a", "b");
    long pid = Poison.pids(folder, "a").getFirst();
    assertThat(Poison.pids(folder, "b")).containsExactly(pid);

    Signal.KILL.sendTo(pid);

    assertThat(both.stream().map(task -> task.get(PATIENCE)).toList()).doesNotContain(pid);
  }

  @Test
  void shouldLeaveNoBoardOfADeadWorker() throws IOException {
    assertThat(catchDeath(Poison.EXIT.options(o -> o.maxRetries(0)).remote(folder.toString())))
        .hasMessageContaining("alone in that worker");
    long pid = Poison.pids(folder, "poison").getFirst();
    assertThat(ProcessHandle.of(pid)).isEmpty();
    long living = Poison.SHORT.remote(folder.toString(), "living").get(PATIENCE);
    assertThat(ProcessHandle.of(living)).isPresent();
    Deadline.in(PATIENCE).await("boards of the living only", () -> boards() <= living());
  }

  private void await(String... names) {
    for (String name : names) {
      Deadline.in(PATIENCE).await("the task begins: name=" + name, () -> !pids(name).isEmpty());
    }
  }

  private List<Long> pids(String name) {
    try {
      return Poison.pids(folder, name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static WorkerDiedException catchDeath(ObjectRef<Long> ref) {
    return catchThrowableOfType(WorkerDiedException.class, () -> ref.get(PATIENCE));
  }

  private static long boards() {
    return count(".board");
  }

  /** Processes of the node that listen. */
  private static long living() {
    return count(".sock");
  }

  private static long count(String suffix) {
    try (Stream<Path> files = Files.list(cluster.nodes().getFirst().directory())) {
      return files
          .filter(file -> file.getFileName().toString().matches("p\\d+\\" + suffix))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
