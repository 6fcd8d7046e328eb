package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorHandle;
import io.mobula.api.ActorUnavailableException;
import io.mobula.api.ErrorCode;
import io.mobula.api.GetTimeoutException;
import io.mobula.api.Isolation;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import io.mobula.api.SerializationException;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import io.mobula.api.UnschedulableException;
import io.mobula.api.WaitResult;
import io.mobula.testkit.programs.Everyday;
import io.mobula.testkit.programs.Everyday.Counter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a program sees of its cluster, wherever its workers are: values, and errors. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EverydayContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int LARGE = 3 << 20;

  private final Session session;

  EverydayContract(Session session) {
    this.session = session;
  }

  @AfterAll
  void closeSession() {
    session.close();
  }

  @Test
  void shouldChainTasksWhenRefsAreArguments() {
    ObjectRef<Integer> eight = Everyday.FIBONACCI.remote(6);
    assertThat(Everyday.FIBONACCI.remote(eight).get(PATIENCE)).isEqualTo(21);
  }

  @Test
  void shouldNotDeadlockWhenTasksWaitForTasksOnOneCpu() {
    assertThat(Mobula.task(Everyday::fibonacci).options(o -> o.numCpus(2)).remote(7).get(PATIENCE))
        .isEqualTo(13);
  }

  @Test
  void shouldThrowTheCauseWithItsTraceWhenATaskFails() {
    ObjectRef<Integer> failed = Mobula.task(Everyday::refuse).remote(7);
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> failed.get(PATIENCE))
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.TASK_FAILED);
          assertThat(e.getCause()).isInstanceOf(Everyday.Refused.class);
          assertThat(((Everyday.Refused) e.getCause()).number()).isEqualTo(7);
        });
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> Mobula.task(Everyday::readBroken).remote().get(PATIENCE))
        .satisfies(e -> {
          Throwable deep = Objects.requireNonNull(e.getCause().getCause());
          assertThat(deep).hasMessage("deep");
          assertThat(deep.getStackTrace()[0].getMethodName()).isEqualTo("deep");
        });
  }

  @Test
  void shouldFailWhatTakesAFailedResult() {
    ObjectRef<Integer> failed = Mobula.task(Everyday::refuse).remote(8);
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> Everyday.FIBONACCI.remote(failed).get(PATIENCE))
        .satisfies(e -> assertThat(e.getCause()).isInstanceOf(Everyday.Refused.class));
  }

  @Test
  void shouldRefuseValuesThatCantBeSentInEitherDirection() {
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> Mobula.put(Thread.currentThread()))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILED));
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> Mobula.task(Everyday::unsendable).remote().get(PATIENCE))
        .withMessageContaining("task=")
        .withMessageContaining("unsendable")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILED));
  }

  @Test
  void shouldGiveTasksCopiesOfTheirArguments() {
    List<Integer> mine = new ArrayList<>(List.of(1, 2, 3));
    assertThat(Mobula.task(Everyday::appended).remote(mine).get(PATIENCE)).isEqualTo(4);
    assertThat(mine).hasSize(3);
    ObjectRef<List<Integer>> put = Mobula.put(mine);
    assertThat(put.get(PATIENCE)).isEqualTo(mine).isNotSameAs(mine);
  }

  @Test
  void shouldPassLargeObjectsByTheStore() {
    ObjectRef<byte[]> made = Mobula.task(Everyday::filled).remote(LARGE, (byte) 3);
    assertThat(Mobula.task(Everyday::sum).remote(made).get(PATIENCE)).isEqualTo(3L * LARGE);
    assertThat(made.get(PATIENCE)).hasSize(LARGE);
    byte[] own = new byte[LARGE];
    own[0] = 1;
    ObjectRef<byte[]> put = Mobula.put(own);
    assertThat(Mobula.task(Everyday::sum).remote(put).get(PATIENCE)).isEqualTo(1);
    assertThat(put.get(PATIENCE)).isEqualTo(own).isNotSameAs(own);
  }

  @Test
  void shouldGiveReadOnlyViewsOfLargeSegments() {
    MemorySegment written = MemorySegment.ofArray(new byte[LARGE]);
    written.set(ValueLayout.JAVA_BYTE, 5, (byte) 42);
    MemorySegment read = Mobula.put(written).get(PATIENCE);
    assertThat(read.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 42);
    assertThat(read.isReadOnly()).isTrue();
  }

  @Test
  void shouldKeepWhatATaskPutAsLongAsItIsReferredTo() {
    List<ObjectRef<Integer>> refs = Mobula.task(Everyday::puts).remote(5).get(PATIENCE);
    assertThat(Mobula.get(refs, PATIENCE)).containsExactly(0, 1, 2, 3, 4);
    assertThat(Mobula.task(Everyday::total).remote(refs).get(PATIENCE)).isEqualTo(10);
  }

  @Test
  void shouldWaitForTheFirstAndTimeOutOnTheRest() {
    ObjectRef<Integer> quick = Everyday.FIBONACCI.remote(1);
    ObjectRef<Integer> never = Mobula.task(Everyday::never).options(o -> o.numCpus(0)).remote();
    WaitResult<Integer> one = Mobula.wait(List.of(never, quick), 1, PATIENCE);
    assertThat(one.ready()).containsExactly(quick);
    assertThat(Mobula.wait(List.of(never), 1, SHORT).ready()).isEmpty();
    assertThatExceptionOfType(GetTimeoutException.class)
        .isThrownBy(() -> never.get(SHORT))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.GET_TIMED_OUT));
  }

  @Test
  void shouldSayFreedWhenAFreedObjectIsRead() {
    ObjectRef<Integer> freed = Mobula.put(1);
    freed.free();
    assertThatExceptionOfType(ObjectLostException.class)
        .isThrownBy(() -> freed.get(PATIENCE))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(ObjectLostException.Reason.FREED));
  }

  @Test
  void shouldRefuseWhatNoNodeCanHave() {
    assertThatExceptionOfType(UnschedulableException.class)
        .isThrownBy(() ->
            Mobula.task(Everyday::fibonacci)
                .options(o -> o.numCpus(1_000))
                .remote(1)
                .get(PATIENCE));
  }

  @Test
  void shouldRunIsolatedTasksInWorkersOfTheirOwn() {
    String driver = Mobula.context().workerId();
    String shared = Mobula.task(Everyday::worker).remote().get(PATIENCE);
    String isolated =
        Mobula.task(Everyday::worker)
            .options(o -> o.isolation(Isolation.PROCESS))
            .remote()
            .get(PATIENCE);
    assertThat(List.of(driver, shared, isolated)).doesNotHaveDuplicates();
  }

  @Test
  void shouldRefuseToStartOrEndASessionInATask() {
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> Mobula.task(Everyday::shutDown).remote().get(PATIENCE))
        .satisfies(e -> assertThat(codeOf(e.getCause())).isEqualTo(ErrorCode.WRONG_PROCESS));
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> Mobula.task(Everyday::init).remote().get(PATIENCE))
        .satisfies(e -> {
          assertThat(codeOf(e.getCause())).isEqualTo(ErrorCode.ALREADY_INITIALIZED);
          assertThat(e.getCause()).hasMessageContaining("worker");
        });
    assertThat(Everyday.FIBONACCI.remote(3).get(PATIENCE)).isEqualTo(2);
  }

  @Test
  void shouldCompleteFuturesWithValuesAndFailures() throws Exception {
    assertThat(Everyday.FIBONACCI.remote(5).toFuture().thenApply(n -> n + 1).get()).isEqualTo(6);
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> Mobula.task(Everyday::refuse).remote(9).toFuture().get())
        .satisfies(e -> assertThat(e.getCause()).isInstanceOf(TaskException.class));
  }

  @Test
  void shouldActForTheTaskOnThreadsThatItStarts() {
    assertThat(Mobula.task(Everyday::onThreads).options(o -> o.numCpus(0.5)).remote().get(PATIENCE))
        .isEqualTo(3);
  }

  @Test
  void shouldKeepStateAndOrderInAnActor() {
    ActorHandle<Counter> counter = Mobula.actor(Counter::new).remote(10);
    List<ObjectRef<Integer>> added =
        IntStream.range(0, 20).mapToObj(i -> counter.call(Counter::add, 1)).toList();
    assertThat(Mobula.get(added, PATIENCE)).isEqualTo(IntStream.range(11, 31).boxed().toList());
    assertThat(Mobula.task(Everyday::addTo).remote(counter, 5).get(PATIENCE)).isEqualTo(35);
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> counter.call(Counter::refuse, 3).get(PATIENCE))
        .satisfies(e -> assertThat(e.getCause()).isInstanceOf(Everyday.Refused.class));
    assertThat(counter.call(Counter::add, 0).get(PATIENCE)).isEqualTo(35);
    counter.kill();
  }

  @Test
  void shouldFindActorsByNameUntilTheyAreDead() {
    ActorHandle<Counter> counter =
        Mobula.actor(Counter::new).options(o -> o.name("named")).remote(1);
    assertThat(Mobula.task(Everyday::addToNamed).remote("named", 2).get(PATIENCE)).isEqualTo(3);
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> Mobula.actor(Counter::new).options(o -> o.name("named")).remote(1))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.ACTOR_NAME_TAKEN));
    counter.kill();
    Deadline.in(PATIENCE).await(() -> "the name is free", () -> Mobula.getActor("named").isEmpty());
  }

  @Test
  void shouldTellCallersWhenAConstructorThrows() {
    ActorHandle<Counter> counter = Mobula.actor(Counter::new).remote(-1);
    assertThatExceptionOfType(ActorDiedException.class)
        .isThrownBy(() -> counter.call(Counter::add, 1).get(PATIENCE))
        .withStackTraceContaining("negative: -1");
  }

  @Test
  void shouldFailWhatRunsAndWhatComesLaterWhenAnActorIsKilled() {
    ActorHandle<Counter> counter = Mobula.actor(Counter::new).remote(1);
    assertThat(counter.call(Counter::add, 1).get(PATIENCE)).isEqualTo(2);
    ObjectRef<Integer> never = counter.call(Counter::never);
    ObjectRef<Integer> behind = counter.call(Counter::add, 1);
    counter.kill();
    for (ObjectRef<Integer> lost : List.of(never, behind)) {
      assertThatExceptionOfType(ActorDiedException.class).isThrownBy(() -> lost.get(PATIENCE));
    }
    assertThatExceptionOfType(ActorDiedException.class)
        .isThrownBy(() -> counter.call(Counter::add, 1).get(PATIENCE));
  }

  @Test
  void shouldStartAnActorAgainWhenItIsKilledWithRestart() {
    ActorHandle<Counter> counter = Mobula.actor(Counter::new).remote(5);
    assertThat(counter.call(Counter::add, 1).get(PATIENCE)).isEqualTo(6);
    String first = counter.call(Counter::worker).get(PATIENCE);
    counter.kill(true);
    Deadline.in(PATIENCE)
        .await(
            () -> "a restart",
            () -> {
              try {
                return counter.call(Counter::wasRestarted).get(PATIENCE);
              } catch (ActorUnavailableException e) {
                return false;
              }
            });
    assertThat(counter.call(Counter::worker).get(PATIENCE)).isNotEqualTo(first);
    assertThat(counter.call(Counter::add, 1).get(PATIENCE)).isEqualTo(6);
    counter.kill();
  }

  @Test
  void shouldEndAnActorForGoodWhenItExits() {
    ActorHandle<Counter> counter = Mobula.actor(Counter::new).remote(5);
    assertThatExceptionOfType(ActorDiedException.class)
        .isThrownBy(() -> counter.call(Counter::exit).get(PATIENCE))
        .withMessageMatching(".*: actor=\\S*Counter, id=\\S+, call=\\S*Counter.exit");
    assertThatExceptionOfType(ActorDiedException.class)
        .isThrownBy(() -> counter.call(Counter::add, 1).get(PATIENCE))
        .withMessageMatching(".*: actor=\\S*Counter, id=\\S+, call=\\S*Counter.add");
  }

  @Test
  void shouldRefuseExitOutsideAnActor() {
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(Mobula::exitActor)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_PROCESS));
  }

  @Test
  void shouldCountCpusOfTasksAndActors() {
    ActorHandle<Counter> counter = Mobula.actor(Counter::new).options(o -> o.numCpus(1)).remote(5);
    assertThat(counter.call(Counter::add, 1).get(PATIENCE)).isEqualTo(6);
    Deadline.in(PATIENCE).await(() -> "a CPU taken", () -> freeCpus() <= 1.0);
    counter.kill();
    Deadline.in(PATIENCE).await(() -> "it is free again", () -> freeCpus() >= 2.0);
  }

  private static double freeCpus() {
    return Mobula.availableResources().getOrDefault("CPU", 0.0);
  }

  private static ErrorCode codeOf(Throwable thrown) {
    return ((MobulaException) thrown).code();
  }
}
