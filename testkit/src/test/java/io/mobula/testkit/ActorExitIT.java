package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Leaver;
import io.mobula.testkit.programs.Leaver.Birth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An actor that ends, however it does, leaves neither its process nor its resources taken. */
final class ActorExitIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestCluster cluster;
  private Session session;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.start(
            ActorExitIT.class, List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    session = Mobula.init(cluster.asDriver());
  }

  @AfterEach
  void disconnect() {
    session.close();
  }

  @Test
  void shouldEndTheProcessAndFreeItsCpusWhenTheActorExits() {
    ActorHandle<Leaver> leaver = leaver(Birth.LIVE);
    long pid = leaver.call(Leaver::pid).get(PATIENCE);
    assertThat(death(leaver.call(Leaver::leave))).hasMessageContaining("exited");
    assertThat(death(leaver.call(Leaver::pid))).hasMessageContaining("exited");
    assertGone(pid);
  }

  @Test
  void shouldNotRestartWhenTheActorExits() {
    ActorHandle<Leaver> leaver =
        Mobula.actor(Leaver::new).options(o -> o.numCpus(2).maxRestarts(-1)).remote(Birth.LIVE);
    long pid = leaver.call(Leaver::pid).get(PATIENCE);
    death(leaver.call(Leaver::leave));
    assertGone(pid);
    assertThat(death(leaver.call(Leaver::pid))).hasMessageContaining("exited");
  }

  @Test
  void shouldEndTheProcessWhenThreadsAndShutdownHooksHang() {
    ActorHandle<Leaver> leaver = leaver(Birth.LIVE);
    long pid = leaver.call(Leaver::pid).get(PATIENCE);
    leaver.call(Leaver::cling).get(PATIENCE);
    death(leaver.call(Leaver::leave));
    assertGone(pid);
  }

  @Test
  void shouldEndTheProcessWhenItExitsByItselfAndShutdownHooksHang() {
    ActorHandle<Leaver> leaver = leaver(Birth.LIVE);
    long pid = leaver.call(Leaver::pid).get(PATIENCE);
    leaver.call(Leaver::cling).get(PATIENCE);
    assertThat(death(leaver.call(Leaver::exitProcess))).hasMessageContaining("pid=" + pid);
    assertGone(pid);
  }

  @Test
  void shouldAnswerWhatRunsAndRefuseTheRestWhenTheActorExits() throws IOException {
    ActorHandle<Leaver> leaver =
        Mobula.actor(Leaver::new).options(o -> o.numCpus(2).maxConcurrency(2)).remote(Birth.LIVE);
    long pid = leaver.call(Leaver::pid).get(PATIENCE);
    Path begun = folder.resolve("begun");
    Path end = folder.resolve("end");
    ObjectRef<Integer> running = leaver.call(Leaver::await, begun.toString(), end.toString());
    Deadline.in(PATIENCE).await("the call begins", () -> Files.exists(begun));

    ObjectRef<Integer> leaving = leaver.call(Leaver::leave);
    List<ObjectRef<Long>> queued = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      queued.add(leaver.call(Leaver::pid));
    }

    assertThat(death(leaving)).hasMessageContaining("exited");
    assertThat(queued).allSatisfy(call -> assertThat(death(call)).hasMessageContaining("exited"));
    assertThat(ProcessHandle.of(pid)).isPresent();
    Files.createFile(end);
    assertThat(running.get(PATIENCE)).isEqualTo(7);
    assertGone(pid);
  }

  @Test
  void shouldEndTheProcessWhenTheActorExitsInItsConstructor() {
    assertThat(death(leaver(Birth.EXIT).call(Leaver::pid))).hasMessageContaining("exited");
    assertThat(leaver(Birth.LIVE).call(Leaver::pid).get(PATIENCE)).isPositive();
  }

  @Test
  void shouldEndTheProcessWhenTheConstructorThrows() {
    assertThat(death(leaver(Birth.THROW).call(Leaver::pid))).hasMessageContaining("stillborn");
    assertThat(leaver(Birth.LIVE).call(Leaver::pid).get(PATIENCE)).isPositive();
  }

  @Test
  void shouldEndTheProcessWhenTheJobOfItsCreatorEnds() {
    ActorHandle<Leaver> leaver = leaver(Birth.LIVE);
    long pid = leaver.call(Leaver::pid).get(PATIENCE);
    leaver.call(Leaver::cling).get(PATIENCE);
    session.close();
    session = Mobula.init(cluster.asDriver());
    assertGone(pid);
  }

  private static ActorHandle<Leaver> leaver(Birth birth) {
    return Mobula.actor(Leaver::new).options(o -> o.numCpus(2)).remote(birth);
  }

  private static ActorDiedException death(ObjectRef<?> call) {
    return catchThrowableOfType(ActorDiedException.class, () -> call.get(PATIENCE));
  }

  /** The process is gone, and all CPUs are there for another. */
  private static void assertGone(long pid) {
    Deadline.in(PATIENCE)
        .await("the process ends: pid=" + pid, () -> ProcessHandle.of(pid).isEmpty());
    assertThat(leaver(Birth.LIVE).call(Leaver::pid).get(PATIENCE)).isNotEqualTo(pid);
  }
}
