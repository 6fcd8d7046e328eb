package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorHandle;
import io.mobula.api.ActorUnavailableException;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.WorkerDiedException;
import io.mobula.testkit.programs.Attempts;
import io.mobula.testkit.programs.Clerk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are killed while they run tasks and actors. */
final class WorkerKillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestCluster cluster;
  private static Session session;

  @TempDir Path folder;
  private final Set<Long> killed = new HashSet<>();

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.start(
            WorkerKillIT.class, List.of("raylet.num-cpus=2", "raylet.object-store-memory=64m"));
    session = Mobula.init(cluster.asDriver());
  }

  @AfterAll
  static void stop() {
    session.close();
    cluster.close();
  }

  @Test
  void shouldRunAgainWhenTheWorkerIsKilled() throws IOException {
    ObjectRef<Long> pid = Attempts.HANG.remote(folder.toString());
    long first = awaitAttempt();
    Attempts.allow(folder);
    kill(first);
    assertThat(pid.get(PATIENCE)).isEqualTo(awaitAttempt()).isNotEqualTo(first);
  }

  @Test
  void shouldNameTheProcessWhenNoRetryIsLeft() {
    ObjectRef<Long> pid = Attempts.HANG.options(o -> o.maxRetries(1)).remote(folder.toString());
    kill(awaitAttempt());
    long last = awaitAttempt();
    kill(last);
    WorkerDiedException died = catchDeath(pid);
    assertThat(died.code()).isEqualTo(ErrorCode.WORKER_DIED);
    assertThat(died).hasMessageContaining("pid=" + last).hasMessageContaining("attempts=2");
    assertThat(died.getMessage()).containsPattern("host=\\S+").contains("SIGKILL");
  }

  @Test
  void shouldFailAtOnceWhenNoRetryIsAllowed() throws IOException {
    ObjectRef<Long> pid = Attempts.HANG.options(o -> o.maxRetries(0)).remote(folder.toString());
    long only = awaitAttempt();
    kill(only);
    assertThat(catchDeath(pid)).hasMessageContaining("pid=" + only);
    assertThat(Attempts.pids(folder)).containsExactly(only);
  }

  @Test
  void shouldRestartTheActorOnceWhenOneRestartIsAllowed() {
    ActorHandle<Clerk> clerk = Mobula.actor(Clerk::new).options(o -> o.maxRestarts(1)).remote();
    assertThat(clerk.call(Clerk::next).get(PATIENCE)).isEqualTo(1);
    long first = clerk.call(Clerk::pid).get(PATIENCE);

    ObjectRef<Integer> pending = hang(clerk, "first");
    Signal.KILL.sendTo(first);
    assertThat(catchThrowableOfType(ActorUnavailableException.class, () -> pending.get(PATIENCE)))
        .hasMessageContaining(clerk.id());

    assertThat(clerk.call(Clerk::next).get(PATIENCE)).isEqualTo(1);
    long second = clerk.call(Clerk::pid).get(PATIENCE);
    assertThat(second).isNotEqualTo(first);

    ObjectRef<Integer> last = hang(clerk, "second");
    Signal.KILL.sendTo(second);
    assertThat(catchThrowableOfType(ActorDiedException.class, () -> last.get(PATIENCE)))
        .hasMessageContaining("pid=" + second);
    assertThat(
            catchThrowableOfType(
                ActorDiedException.class, () -> clerk.call(Clerk::next).get(PATIENCE)))
        .hasMessageContaining(clerk.id());
  }

  @Test
  void shouldEndTheActorWhenNoRestartIsAllowed() {
    ActorHandle<Clerk> clerk = Mobula.actor(Clerk::new).remote();
    long pid = clerk.call(Clerk::pid).get(PATIENCE);
    ObjectRef<Integer> pending = hang(clerk, "only");
    Signal.KILL.sendTo(pid);
    ActorDiedException died =
        catchThrowableOfType(ActorDiedException.class, () -> pending.get(PATIENCE));
    assertThat(died.code()).isEqualTo(ErrorCode.ACTOR_DIED);
    assertThat(died).hasMessageContaining("pid=" + pid);
  }

  private ObjectRef<Integer> hang(ActorHandle<Clerk> clerk, String name) {
    Path file = folder.resolve(name);
    ObjectRef<Integer> pending = clerk.call(Clerk::hang, file.toString());
    Deadline.in(PATIENCE).await("the call begins", () -> Files.exists(file));
    return pending;
  }

  private static WorkerDiedException catchDeath(ObjectRef<Long> pid) {
    return catchThrowableOfType(WorkerDiedException.class, () -> pid.get(PATIENCE));
  }

  private void kill(long pid) {
    killed.add(pid);
    assertThat(Signal.KILL.sendTo(pid)).isTrue();
  }

  /** The pid of the one attempt that was not killed. */
  private long awaitAttempt() {
    Deadline.in(PATIENCE).await("another attempt", () -> !living().isEmpty());
    return living().getFirst();
  }

  private List<Long> living() {
    try {
      return Attempts.pids(folder).stream().filter(pid -> !killed.contains(pid)).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
