package io.mobula.driver.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mobula.api.ActorHandle;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.api.SessionClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a session whose workers are threads: who waits hears of it, and nothing stays. */
final class LocalCloseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int WAITERS = 20;

  /** Counted down by the tasks of a test that have begun. */
  private static final AtomicReference<CountDownLatch> BEGUN =
      new AtomicReference<>(new CountDownLatch(0));

  /** Completed by a task that was cut off, with whether it was an interrupt. */
  private static final AtomicReference<CompletableFuture<Boolean>> CUT_OFF =
      new AtomicReference<>(new CompletableFuture<>());

  /** Completed by an actor that outlives its end, with what it was told. */
  private static final AtomicReference<CompletableFuture<String>> ENDS =
      new AtomicReference<>(new CompletableFuture<>());

  @AfterEach
  void endSession() {
    Mobula.shutdown();
  }

  @Test
  void shouldFailEveryWaitWhenItIsClosed() throws Exception {
    Session session = open();
    ObjectRef<Integer> never = Mobula.task(LocalCloseTest::never).remote();
    CountDownLatch waiting = new CountDownLatch(WAITERS);
    try (ExecutorService threads = Executors.newFixedThreadPool(WAITERS)) {
      List<Future<Object>> waits = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        int kind = i % 4;
        Callable<Object> wait =
            () -> {
              waiting.countDown();
              return switch (kind) {
                case 0 -> never.get();
                case 1 -> never.get(PATIENCE.multipliedBy(4));
                case 2 -> Mobula.get(List.of(never));
                // The end of the session may count as ready; the value is not to be had anyway.
                default -> Mobula.wait(List.of(never), 1).ready().getFirst().get();
              };
            };
        waits.add(threads.submit(wait));
      }
      assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
      session.close();
      for (Future<Object> wait : waits) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(() -> wait.get(30, TimeUnit.SECONDS))
            .satisfies(e ->
                assertThat(codeOf(e.getCause()))
                    .isIn(ErrorCode.SESSION_CLOSED, ErrorCode.NOT_INITIALIZED));
      }
    }
  }

  @Test
  void shouldFailFuturesWhenItIsClosed() {
    Session session = open();
    CompletableFuture<Integer> future = Mobula.task(LocalCloseTest::never).remote().toFuture();
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    var _ = future.whenComplete((_, thrown) -> seen.complete(thrown));
    session.close();
    assertThat(seen).succeedsWithin(PATIENCE).isInstanceOf(SessionClosedException.class);
    assertThat(future.isCompletedExceptionally()).isTrue();
  }

  @Test
  void shouldInterruptWhatRunsWhenItIsClosed() throws Exception {
    BEGUN.set(new CountDownLatch(1));
    CUT_OFF.set(new CompletableFuture<>());
    Session session = open();
    ObjectRef<Integer> cut = Mobula.task(LocalCloseTest::noteInterrupt).remote();
    assertThat(BEGUN.get().await(30, TimeUnit.SECONDS)).isTrue();
    session.close();
    assertThat(CUT_OFF.get()).succeedsWithin(PATIENCE).isEqualTo(true);
    assertCode(ErrorCode.SESSION_CLOSED, () -> cut.get(PATIENCE));
  }

  @Test
  void shouldCloseOnceWhenManyThreadsCloseIt() throws Exception {
    Session session = open();
    assertThat(Mobula.task(LocalCloseTest::one).remote().get(PATIENCE)).isEqualTo(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> closes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        closes.add(
            threads.submit(() -> {
              go.await();
              session.close();
              return Mobula.isInitialized();
            }));
      }
      go.countDown();
      for (Future<Boolean> close : closes) {
        // Whoever returns from close can open another.
        assertThat(close.get(30, TimeUnit.SECONDS)).isFalse();
      }
    }
    assertThatCode(session::close).doesNotThrowAnyException();
  }

  @Test
  void shouldCloseAndStayInterruptedWhenTheThreadIs() throws Exception {
    Session session = open();
    ObjectRef<Integer> never = Mobula.task(LocalCloseTest::never).remote();
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          Thread.currentThread().interrupt();
          session.close();
          wasInterrupted.complete(Thread.currentThread().isInterrupted());
        });
    assertThat(wasInterrupted.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Mobula.isInitialized()).isFalse();
    assertCode(ErrorCode.SESSION_CLOSED, () -> never.get(PATIENCE));
  }

  /** Where a program closes the session as soon as it has its answer. */
  @Test
  void shouldNotBlockItselfWhenAFutureClosesIt() {
    Session session = open();
    CompletableFuture<Void> closed =
        Mobula.task(LocalCloseTest::one).remote().toFuture().thenAccept(_ -> session.close());
    assertThat(closed).succeedsWithin(PATIENCE);
    assertThat(Mobula.isInitialized()).isFalse();
  }

  @Test
  void shouldLeaveTheSessionThatThereIsWhenInitIsCalledAgain() {
    Session session = open();
    assertCode(ErrorCode.ALREADY_INITIALIZED, LocalCloseTest::open);
    assertCode(ErrorCode.ALREADY_INITIALIZED, () -> Mobula.init(o -> o.address("nowhere:1")));
    assertThat(Mobula.task(LocalCloseTest::one).remote().get(PATIENCE)).isEqualTo(1);
    session.close();
  }

  @Test
  void shouldLeaveTheNextSessionAloneWhenAnOldOneIsClosedAgain() {
    Session old = open();
    old.close();
    Session next = open();
    old.close();
    assertThat(Mobula.isInitialized()).isTrue();
    assertThat(Mobula.task(LocalCloseTest::one).remote().get(PATIENCE)).isEqualTo(1);
    next.close();
  }

  @Test
  void shouldSayThatThereIsNoSessionWhenItIsClosed() {
    Session session = open();
    session.close();
    List<ThrowingCallable> uses =
        List.of(
            () -> Mobula.put(1),
            () -> Mobula.task(LocalCloseTest::one).remote(),
            () -> Mobula.actor(Cell::new).remote(),
            () -> Mobula.getActor("any"),
            () -> Mobula.get(List.<ObjectRef<Integer>>of()),
            Mobula::context,
            Mobula::nodes,
            Mobula::clusterResources,
            Mobula::availableResources,
            Mobula::exitActor);
    for (ThrowingCallable use : uses) {
      assertCode(ErrorCode.NOT_INITIALIZED, use);
    }
    assertThatCode(Mobula::shutdown).doesNotThrowAnyException();
  }

  @Test
  void shouldSayThatTheSessionIsClosedWhenItsRefsAndHandlesAreUsed() {
    Session session = open();
    ObjectRef<Integer> put = Mobula.put(1);
    ActorHandle<Cell> cell = Mobula.actor(Cell::new).remote();
    assertThat(cell.call(Cell::set, 1).get(PATIENCE)).isEqualTo(0);
    session.close();
    assertUseless(put, cell, ErrorCode.NOT_INITIALIZED);
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> put.toFuture().get(30, TimeUnit.SECONDS))
        .satisfies(e -> assertThat(codeOf(e.getCause())).isEqualTo(ErrorCode.SESSION_CLOSED));
  }

  /** The next session must not take another's ids for its own. */
  @Test
  void shouldSayThatTheSessionIsClosedWhenItsRefsAreUsedInTheNext() {
    Session old = open();
    ObjectRef<Integer> put = Mobula.put(1);
    ActorHandle<Cell> cell = Mobula.actor(Cell::new).remote();
    assertThat(cell.call(Cell::set, 1).get(PATIENCE)).isEqualTo(0);
    old.close();
    Session next = open();
    ObjectRef<Integer> mine = Mobula.put(2);
    assertUseless(put, cell, ErrorCode.SESSION_CLOSED);
    assertThat(mine.get(PATIENCE)).isEqualTo(2);
    next.close();
  }

  @Test
  void shouldForgetNamesWhenAnotherSessionIsOpened() {
    Session old = Mobula.init(o -> o.local(true).numCpus(1).namespace("mine"));
    ActorHandle<Cell> cell = Mobula.actor(Cell::new).options(o -> o.name("cell")).remote();
    assertThat(cell.call(Cell::set, 1).get(PATIENCE)).isEqualTo(0);
    old.close();
    Session next = Mobula.init(o -> o.local(true).numCpus(1).namespace("mine"));
    assertThat(Mobula.getActor("cell")).isEmpty();
    next.close();
  }

  /** Else what it puts would stay for ever: the loop that frees it is gone. */
  @Test
  void shouldRefuseThePutsOfUserCodeThatOutlivesItsActor() throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    ENDS.set(end);
    try (Session session = Mobula.init(o -> o.local(true).numCpus(2))) {
      assertThat(session).isNotNull();
      ActorHandle<Stubborn> actor = Mobula.actor(Stubborn::new).remote();
      assertThat(actor.call(Stubborn::count).get(PATIENCE)).isZero();
      ObjectRef<Integer> never = actor.call(Stubborn::putOn);
      actor.kill();
      assertThatExceptionOfType(MobulaException.class).isThrownBy(() -> never.get(PATIENCE));
      assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(SessionClosedException.class.getName());
    }
  }

  /** Puts, whatever happens, until it is refused. */
  static final class Stubborn {
    private static final int PUTS_MAX = 2_000_000;

    int count() {
      return 0;
    }

    int putOn() {
      String last = "never refused";
      for (int i = 0; i < PUTS_MAX && last.equals("never refused"); i++) {
        try {
          Mobula.put(i);
        } catch (MobulaException e) {
          last = e.getClass().getName();
        }
      }
      ENDS.get().complete(last);
      return 0;
    }
  }

  @Test
  void shouldStartCleanWhenAnOptionWasRefused() {
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> Mobula.init(o -> o.local(true).objectStoreBytes(Long.MAX_VALUE / 2)))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OPTION_INVALID));
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> Mobula.init(o -> o.local(true).config("raylet.num-cpu", "1")))
        .withMessageContaining("raylet.num-cpu");
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(() -> Mobula.init(o -> o.local(true).config("gcs.history-count", "none")))
        .withMessageContaining("gcs.history-count");
    assertThat(Mobula.isInitialized()).isFalse();
    Session session = open();
    assertThat(Mobula.task(LocalCloseTest::one).remote().get(PATIENCE)).isEqualTo(1);
    session.close();
  }

  @Test
  void shouldHaveTheResourcesThatItWasGiven() {
    Session session =
        Mobula.init(
            o -> o.local(true).numCpus(3).memoryBytes(1L << 30).resources(Map.of("licence", 2.0)));
    assertThat(Mobula.clusterResources())
        .containsEntry("CPU", 3.0)
        .containsEntry("memory", (double) (1L << 30))
        .containsEntry("licence", 2.0);
    assertThat(Mobula.nodes()).hasSize(1);
    assertThat(
            Mobula.task(LocalCloseTest::one)
                .options(o -> o.resources(Map.of("licence", 2.0)))
                .remote()
                .get(PATIENCE))
        .isEqualTo(1);
    assertCode(
        ErrorCode.UNSCHEDULABLE,
        () ->
            Mobula.task(LocalCloseTest::one)
                .options(o -> o.resources(Map.of("licence", 3.0)))
                .remote()
                .get(PATIENCE));
    session.close();
  }

  private static void assertUseless(
      ObjectRef<Integer> ref, ActorHandle<Cell> cell, ErrorCode ofMobula) {
    assertCode(ErrorCode.SESSION_CLOSED, () -> ref.get(PATIENCE));
    assertCode(ErrorCode.SESSION_CLOSED, () -> ref.get(Duration.ZERO));
    assertThat(codeOf(thrownBy(() -> cell.call(Cell::set, 2).get(PATIENCE))))
        .isIn(ErrorCode.SESSION_CLOSED, ofMobula);
    assertThat(codeOf(thrownBy(() -> Mobula.get(List.of(ref), PATIENCE))))
        .isIn(ErrorCode.SESSION_CLOSED, ofMobula);
    assertThat(codeOf(thrownBy(() -> Mobula.wait(List.of(ref), 1, PATIENCE))))
        .isIn(ErrorCode.SESSION_CLOSED, ofMobula);
    assertThat(codeOf(thrownBy(() -> Mobula.task(LocalCloseTest::same).remote(ref).get(PATIENCE))))
        .isIn(ErrorCode.SESSION_CLOSED, ofMobula);
    // What frees or kills has nothing left to do, or says so.
    assertThat(thrownBy(ref::free)).matches(e -> e == null || e instanceof MobulaException);
    assertThat(thrownBy(cell::kill)).matches(e -> e == null || e instanceof MobulaException);
    assertThat(ref.id()).isNotBlank();
  }

  private static void assertCode(ErrorCode code, ThrowingCallable call) {
    assertThatExceptionOfType(MobulaException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private static ErrorCode codeOf(@Nullable Throwable thrown) {
    if (!(thrown instanceof MobulaException failure)) {
      throw new AssertionError("not an exception of Mobula's", thrown);
    }
    return failure.code();
  }

  private static @Nullable Throwable thrownBy(ThrowingCallable call) {
    return org.assertj.core.api.Assertions.catchThrowable(call);
  }

  private static Session open() {
    return Mobula.init(o -> o.local(true).numCpus(2).objectStoreBytes(16L << 20));
  }

  static int one() {
    return 1;
  }

  static int same(int value) {
    return value;
  }

  static int never() throws InterruptedException {
    new CountDownLatch(1).await();
    return 0;
  }

  static int noteInterrupt() {
    BEGUN.get().countDown();
    try {
      return never();
    } catch (InterruptedException e) {
      CUT_OFF.get().complete(true);
      return 1;
    }
  }

  /** Holds a number. */
  static final class Cell {
    private int value;

    int set(int next) {
      int before = value;
      value = next;
      return before;
    }
  }
}
