package io.mobula.driver.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorHandle;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Actors on threads of this process: order, state, names, and each way to end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocalActorsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CALLERS = 10;
  private static final int CALLS = 40;

  /** Statics are one for all workers here, so that actors can tell the test what happens. */
  private static final AtomicReference<CountDownLatch> BEGUN =
      new AtomicReference<>(new CountDownLatch(0));

  private static final AtomicReference<CountDownLatch> RELEASE =
      new AtomicReference<>(new CountDownLatch(0));

  private static final AtomicReference<CompletableFuture<Boolean>> CUT_OFF =
      new AtomicReference<>(new CompletableFuture<>());

  private static final CyclicBarrier FOUR = new CyclicBarrier(4);

  private final Session session =
      Mobula.init(o -> o.local(true).numCpus(2).namespace("home").objectStoreBytes(16L << 20));

  @AfterEach
  void release() {
    RELEASE.get().countDown();
  }

  @AfterAll
  void closeSession() {
    session.close();
  }

  @Test
  void shouldRunEachCallersCallsInOrderWhenManyCall() throws Exception {
    ActorHandle<Journal> journal = Mobula.actor(Journal::new).remote();
    try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<List<ObjectRef<Integer>>>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        callers.add(
            threads.submit(() ->
                IntStream.range(0, CALLS)
                    .mapToObj(n -> journal.call(Journal::note, caller * CALLS + n))
                    .toList()));
      }
      for (Future<List<ObjectRef<Integer>>> caller : callers) {
        assertThat(Mobula.get(caller.get(30, TimeUnit.SECONDS), PATIENCE)).isSorted();
      }
    }
    List<Integer> notes = journal.call(Journal::notes).get(PATIENCE);
    assertThat(notes).hasSize(CALLERS * CALLS).doesNotHaveDuplicates();
    for (int caller = 0; caller < CALLERS; caller++) {
      int first = caller * CALLS;
      assertThat(notes.stream().filter(n -> n >= first && n < first + CALLS))
          .isSorted()
          .hasSize(CALLS);
    }
    journal.kill();
  }

  /** A call whose argument is late must not be overtaken by the next. */
  @Test
  void shouldKeepTheOrderWhenAnArgumentIsLate() {
    RELEASE.set(new CountDownLatch(1));
    ObjectRef<Integer> late = Mobula.task(LocalActorsTest::awaitRelease).remote();
    ActorHandle<Journal> journal = Mobula.actor(Journal::new).remote();
    ObjectRef<Integer> first = journal.call(Journal::note, late);
    ObjectRef<Integer> second = journal.call(Journal::note, 2);
    RELEASE.get().countDown();
    assertThat(Mobula.get(List.of(first, second), PATIENCE)).containsExactly(1, 2);
    assertThat(journal.call(Journal::notes).get(PATIENCE)).containsExactly(1, 2);
    journal.kill();
  }

  @Test
  void shouldRunOneCallAtATimeUnlessItIsToldOtherwise() {
    ActorHandle<Journal> four =
        Mobula.actor(Journal::new).options(o -> o.maxConcurrency(4)).remote();
    List<ObjectRef<Integer>> meetings =
        IntStream.range(0, 4).mapToObj(_ -> four.call(Journal::meet)).toList();
    assertThat(Mobula.get(meetings, PATIENCE)).containsExactlyInAnyOrder(0, 1, 2, 3);
    four.kill();
    ActorHandle<Journal> one = Mobula.actor(Journal::new).remote();
    List<ObjectRef<Integer>> calls =
        IntStream.range(0, 50).mapToObj(_ -> one.call(Journal::countInside)).toList();
    assertThat(Mobula.get(calls, PATIENCE)).containsOnly(1);
    one.kill();
  }

  @Test
  void shouldNotShareAnActorsStateWithItsCallers() {
    List<Integer> seed = new ArrayList<>(List.of(1));
    ActorHandle<Journal> journal = Mobula.actor(Journal::startedWith).remote(seed);
    seed.add(2);
    List<Integer> notes = journal.call(Journal::notes).get(PATIENCE);
    assertThat(notes).containsExactly(1);
    notes.add(3);
    assertThat(journal.call(Journal::notes).get(PATIENCE)).containsExactly(1);
    journal.kill();
  }

  @Test
  void shouldGoOnWhenAMethodThrows() {
    ActorHandle<Journal> journal = Mobula.actor(Journal::new).remote();
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(TaskException.class)
          .isThrownBy(() -> journal.call(Journal::overflow, 0).get(PATIENCE))
          .withCauseInstanceOf(StackOverflowError.class);
      assertThat(journal.call(Journal::note, i).get(PATIENCE)).isEqualTo(i + 1);
    }
    journal.kill();
  }

  @Test
  void shouldNotHandAnInterruptToTheNextCall() {
    ActorHandle<Journal> journal = Mobula.actor(Journal::new).remote();
    assertThat(journal.call(Journal::interruptSelf).get(PATIENCE)).isTrue();
    assertThat(journal.call(Journal::isInterrupted).get(PATIENCE)).isFalse();
    journal.kill();
  }

  @Test
  void shouldSayWhatTheConstructorThrew() {
    ActorHandle<Journal> broken = Mobula.actor(Journal::refused).remote("no ink");
    for (int i = 0; i < 2; i++) {
      ActorDiedException death =
          catchThrowableOfType(
              ActorDiedException.class, () -> broken.call(Journal::note, 1).get(PATIENCE));
      assertThat(death).isNotNull();
      assertThat(death.code()).isEqualTo(ErrorCode.ACTOR_CREATION_FAILED);
      assertThat(death).hasStackTraceContaining("no ink");
    }
  }

  @Test
  void shouldInterruptWhatRunsWhenItIsKilled() throws Exception {
    BEGUN.set(new CountDownLatch(1));
    CUT_OFF.set(new CompletableFuture<>());
    ActorHandle<Journal> journal = Mobula.actor(Journal::new).remote();
    ObjectRef<Integer> running = journal.call(Journal::noteInterrupt);
    assertThat(BEGUN.get().await(30, TimeUnit.SECONDS)).isTrue();
    journal.kill();
    assertEnded(running);
    assertThat(CUT_OFF.get()).succeedsWithin(PATIENCE).isEqualTo(true);
    // Twice is as good as once.
    journal.kill();
    journal.kill(true);
    assertEnded(journal.call(Journal::note, 1));
  }

  @Test
  void shouldEndForGoodWhenItExits() {
    ActorHandle<Journal> journal =
        Mobula.actor(Journal::new).options(o -> o.maxRestarts(3).name("leaver")).remote();
    assertThat(journal.call(Journal::note, 1).get(PATIENCE)).isEqualTo(1);
    ObjectRef<Void> exit = journal.call(Journal::exit);
    ObjectRef<Integer> behind = journal.call(Journal::note, 2);
    assertEnded(exit);
    assertEnded(behind);
    await().atMost(PATIENCE).until(() -> Mobula.getActor("leaver").isEmpty());
  }

  @Test
  void shouldRefuseExitInATask() {
    TaskException failure =
        catchThrowableOfType(
            TaskException.class,
            () -> Mobula.task(LocalActorsTest::exitHere).remote().get(PATIENCE));
    assertThat(failure).isNotNull();
    assertThat(failure.getCause())
        .isInstanceOfSatisfying(
            MobulaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_PROCESS));
  }

  @Test
  void shouldKeepNamesApartWhenNamespacesDiffer() {
    ActorHandle<Journal> home = Mobula.actor(Journal::new).options(o -> o.name("twin")).remote();
    ActorHandle<Journal> away =
        Mobula.actor(Journal::new).options(o -> o.name("twin").namespace("away")).remote();
    assertThat(home.id()).isNotEqualTo(away.id());
    assertThat(home.call(Journal::note, 1).get(PATIENCE)).isEqualTo(1);
    assertThat(Mobula.<Journal>getActor("twin")).contains(home);
    assertThat(Mobula.<Journal>getActor("twin", "home")).contains(home);
    assertThat(Mobula.<Journal>getActor("twin", "away")).contains(away);
    assertThat(Mobula.getActor("twin", "nowhere")).isEmpty();
    assertThat(
            Mobula.<Journal>getActor("twin", "away")
                .orElseThrow()
                .call(Journal::notes)
                .get(PATIENCE))
        .isEmpty();
    home.kill();
    away.kill();
  }

  @Test
  void shouldGiveANameToOneWhenManyWantIt() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<ActorHandle<Journal>>> tries = new ArrayList<>();
    List<ActorHandle<Journal>> made = new ArrayList<>();
    List<Throwable> refused = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      for (int i = 0; i < CALLERS; i++) {
        tries.add(
            threads.submit(() -> {
              go.await();
              return Mobula.actor(Journal::new).options(o -> o.name("wanted")).remote();
            }));
      }
      go.countDown();
      for (Future<ActorHandle<Journal>> attempt : tries) {
        try {
          made.add(attempt.get(30, TimeUnit.SECONDS));
        } catch (java.util.concurrent.ExecutionException e) {
          refused.add(e.getCause());
        }
      }
    }
    assertThat(made).hasSize(1);
    assertThat(refused)
        .allSatisfy(
            e -> assertThat(((MobulaException) e).code()).isEqualTo(ErrorCode.ACTOR_NAME_TAKEN));
    made.getFirst().kill();
  }

  @Test
  void shouldGiveTheNameAwayAgainWhenItsActorIsDead() {
    for (int i = 0; i < 5; i++) {
      ActorHandle<Journal> next = Mobula.actor(Journal::new).options(o -> o.name("heir")).remote();
      assertThat(next.call(Journal::note, i).get(PATIENCE)).isEqualTo(1);
      next.kill();
      await().atMost(PATIENCE).until(() -> Mobula.getActor("heir").isEmpty());
    }
  }

  @Test
  void shouldCallOtherActorsAndMakeThem() {
    ActorHandle<Journal> outer = Mobula.actor(Journal::new).remote();
    ActorHandle<Journal> inner = outer.call(Journal::makeAnother, 7).get(PATIENCE);
    assertThat(inner.call(Journal::notes).get(PATIENCE)).containsExactly(7);
    ActorHandle<Journal> third = Mobula.actor(Journal::new).remote();
    assertThat(outer.call(Journal::noteAt, third, 8).get(PATIENCE)).isEqualTo(1);
    assertThat(third.call(Journal::notes).get(PATIENCE)).containsExactly(8);
    third.kill();
    outer.kill();
  }

  @Test
  void shouldGiveCpusBackWhenActorsEnd() {
    List<ActorHandle<Journal>> both =
        List.of(
            Mobula.actor(Journal::new).options(o -> o.numCpus(1)).remote(),
            Mobula.actor(Journal::new).options(o -> o.numCpus(1)).remote());
    both.forEach(actor -> assertThat(actor.call(Journal::note, 1).get(PATIENCE)).isEqualTo(1));
    ObjectRef<Integer> starved = Mobula.task(LocalActorsTest::one).remote();
    assertThat(Mobula.wait(List.of(starved), 1, Duration.ofMillis(100)).ready()).isEmpty();
    both.forEach(ActorHandle::kill);
    assertThat(starved.get(PATIENCE)).isEqualTo(1);
  }

  private static void assertEnded(ObjectRef<?> call) {
    assertThatExceptionOfType(ActorDiedException.class).isThrownBy(() -> call.get(PATIENCE));
  }

  static int one() {
    return 1;
  }

  static int awaitRelease() throws InterruptedException {
    if (!RELEASE.get().await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("never released");
    }
    return 1;
  }

  static void exitHere() {
    Mobula.exitActor();
  }

  /** Notes what it is told. */
  static final class Journal {
    private final List<Integer> notes = new ArrayList<>();
    private int inside;

    static Journal startedWith(List<Integer> notes) {
      Journal journal = new Journal();
      journal.notes.addAll(notes);
      return journal;
    }

    static Journal refused(String reason) {
      if (!reason.isEmpty()) {
        throw new IllegalArgumentException(reason);
      }
      return new Journal();
    }

    /** How many there are now. */
    int note(int number) {
      notes.add(number);
      return notes.size();
    }

    List<Integer> notes() {
      return notes;
    }

    int meet() throws Exception {
      return FOUR.await(30, TimeUnit.SECONDS);
    }

    /** How many calls run at once, as far as one that is not careful can see. */
    int countInside() {
      inside++;
      int seen = inside;
      Thread.onSpinWait();
      inside--;
      return seen;
    }

    int overflow(int level) {
      return level < 0 ? 0 : overflow(level + 1) + level;
    }

    boolean interruptSelf() {
      Thread.currentThread().interrupt();
      return Thread.currentThread().isInterrupted();
    }

    boolean isInterrupted() {
      return Thread.currentThread().isInterrupted();
    }

    int noteInterrupt() {
      BEGUN.get().countDown();
      try {
        return never();
      } catch (InterruptedException e) {
        CUT_OFF.get().complete(true);
        return 1;
      }
    }

    void exit() {
      Mobula.exitActor();
    }

    ActorHandle<Journal> makeAnother(int number) {
      ActorHandle<Journal> made = Mobula.actor(Journal::new).remote();
      assertThat(made.call(Journal::note, number).get(PATIENCE)).isEqualTo(1);
      return made;
    }

    int noteAt(ActorHandle<Journal> other, int number) {
      return other.call(Journal::note, number).get(PATIENCE);
    }

    int never() throws InterruptedException {
      new CountDownLatch(1).await();
      return 0;
    }
  }
}
