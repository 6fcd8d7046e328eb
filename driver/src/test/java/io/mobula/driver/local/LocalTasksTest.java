package io.mobula.driver.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ErrorCode;
import io.mobula.api.GetTimeoutException;
import io.mobula.api.Isolation;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.RuntimeContext;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import io.mobula.api.WaitResult;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tasks on threads of this process: nothing but their arguments, results and failures goes from one
 * to another.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocalTasksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  /** Lets {@link #awaitRelease} go on. */
  private static final AtomicReference<CountDownLatch> RELEASE =
      new AtomicReference<>(new CountDownLatch(0));

  private static final CyclicBarrier BOTH = new CyclicBarrier(2);

  private final Session session =
      Mobula.init(o -> o.local(true).numCpus(2).objectStoreBytes(32L << 20));

  @AfterEach
  void release() {
    RELEASE.get().countDown();
  }

  @AfterAll
  void closeSession() {
    session.close();
  }

  /** What a task can throw. */
  enum Kind {
    CHECKED(() -> {
      throw new java.io.IOException("no disk");
    }),
    UNCHECKED(() -> {
      throw new IllegalStateException("no state");
    }),
    ASSERTION(() -> {
      throw new AssertionError("no truth");
    }),
    OVERFLOW(() -> deeper(0)),
    INTERRUPTED(() -> {
      throw new InterruptedException("no time");
    }),
    INITIALIZER(() -> Broken.VALUE),
    NULL(() -> Objects.requireNonNull(nothing(), "nothing there"));

    @SuppressWarnings("ImmutableEnumChecker") // The lambdas have no state.
    private final Callable<Object> code;

    Kind(Callable<Object> code) {
      this.code = code;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldThrowTheSameKindWhenATaskThrows(Kind kind) {
    Throwable here = caught(kind);
    TaskException failure =
        catchThrowableOfType(
            TaskException.class,
            () -> Mobula.task(LocalTasksTest::raise).remote(kind).get(PATIENCE));
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(ErrorCode.TASK_FAILED);
    assertThat(failure.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(failure.remoteStackTrace()).contains("LocalTasksTest");
    Throwable cause = Objects.requireNonNull(failure.getCause());
    if (kind != Kind.INITIALIZER) {
      assertThat(cause).hasSameClassAs(here).hasMessage(here.getMessage());
    }
    // The worker goes on.
    assertThat(Mobula.task(LocalTasksTest::sum).remote(new int[] {1, 2}).get(PATIENCE))
        .isEqualTo(3);
  }

  @Test
  void shouldSayWhatWasThrownWhenItCantBeSent() {
    TaskException failure =
        catchThrowableOfType(
            TaskException.class,
            () -> Mobula.task(LocalTasksTest::raiseUnsendable).remote().get(PATIENCE));
    assertThat(failure).isNotNull().hasStackTraceContaining("can't be sent, but must be told");
  }

  /** Each get makes its own: one caller's changes must not show at another's. */
  @Test
  void shouldGiveEachReaderAFailureOfItsOwn() {
    ObjectRef<Object> failed = Mobula.task(LocalTasksTest::raise).remote(Kind.UNCHECKED);
    TaskException first = catchThrowableOfType(TaskException.class, () -> failed.get(PATIENCE));
    first.addSuppressed(new IllegalArgumentException("mine"));
    TaskException second = catchThrowableOfType(TaskException.class, () -> failed.get(PATIENCE));
    assertThat(second.getSuppressed()).isEmpty();
    assertThat(second.getCause()).hasMessage("no state");
  }

  @Test
  void shouldKeepCallersArgumentsApartWhenTasksChangeThem() {
    int[] numbers = {1, 2, 3};
    List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder("a")));
    assertThat(Mobula.task(LocalTasksTest::overwrite).remote(numbers).get(PATIENCE)).isEqualTo(0);
    assertThat(numbers).containsExactly(1, 2, 3);
    Box box = new Box(numbers, "text");
    Box back = Mobula.task(LocalTasksTest::emptied).remote(box).get(PATIENCE);
    assertThat(back.numbers).containsOnly(0);
    assertThat(box.numbers).containsExactly(1, 2, 3);
    assertThat(lines).hasSize(1);
  }

  /** Changed after the call, which may not have run yet. */
  @Test
  void shouldTakeArgumentsAsTheyWereWhenTheCallWasMade() {
    RELEASE.set(new CountDownLatch(1));
    int[] numbers = {1, 2, 3};
    ObjectRef<Integer> late = Mobula.task(LocalTasksTest::sumOnRelease).remote(numbers);
    Arrays.fill(numbers, 100);
    RELEASE.get().countDown();
    assertThat(late.get(PATIENCE)).isEqualTo(6);
    ObjectRef<int[]> put = Mobula.put(numbers);
    Arrays.fill(numbers, 7);
    assertThat(put.get(PATIENCE)).containsOnly(100);
  }

  @Test
  void shouldKeepIdentityInsideAnArgument() {
    Box shared = new Box(new int[1], "shared");
    assertThat(Mobula.task(LocalTasksTest::areSame).remote(List.of(shared, shared)).get(PATIENCE))
        .isTrue();
    assertThat(
            Mobula.task(LocalTasksTest::areSame)
                .remote(List.of(new Box(new int[1], "one"), new Box(new int[1], "one")))
                .get(PATIENCE))
        .isFalse();
  }

  @Test
  void shouldPassNullBothWays() {
    assertThat(Mobula.task(LocalTasksTest::orNull).remote("").get(PATIENCE)).isNull();
    assertThat(Mobula.task(LocalTasksTest::orNull).remote("x").get(PATIENCE)).isEqualTo("x");
    ObjectRef<@Nullable String> put = Mobula.put(null);
    assertThat(put.get(PATIENCE)).isNull();
  }

  @Test
  void shouldCaptureOnlyCopiesInLambdas() {
    int[] mine = {5};
    assertThat(
            Mobula.task(
                    () -> {
                      mine[0]++;
                      return mine[0];
                    })
                .remote()
                .get(PATIENCE))
        .isEqualTo(6);
    assertThat(mine).containsExactly(5);
  }

  @Test
  void shouldRunSideBySideOnlyAsManyAsThereAreCpus() {
    // Each waits for the other, so both must run at once.
    List<ObjectRef<Integer>> both =
        List.of(
            Mobula.task(LocalTasksTest::meet).remote(), Mobula.task(LocalTasksTest::meet).remote());
    assertThat(Mobula.get(both, PATIENCE)).containsExactlyInAnyOrder(0, 1);
    RELEASE.set(new CountDownLatch(1));
    ObjectRef<Integer> all =
        Mobula.task(LocalTasksTest::awaitRelease).options(o -> o.numCpus(2)).remote();
    ObjectRef<Integer> behind =
        Mobula.task(LocalTasksTest::sum).options(o -> o.numCpus(2)).remote(new int[] {4});
    assertThatExceptionOfType(GetTimeoutException.class).isThrownBy(() -> behind.get(SHORT));
    RELEASE.get().countDown();
    assertThat(Mobula.get(List.of(all, behind), PATIENCE)).containsExactly(1, 4);
  }

  @Test
  void shouldGiveCpusBackWhenTasksWaitForTasks() {
    assertThat(
            Mobula.task(LocalTasksTest::depth).options(o -> o.numCpus(2)).remote(6).get(PATIENCE))
        .isEqualTo(6);
  }

  @Test
  void shouldTellWhereCodeRuns() {
    RuntimeContext driver = Mobula.context();
    assertThat(driver.taskId()).isEmpty();
    assertThat(driver.actorId()).isEmpty();
    Map<String, String> task =
        Mobula.task(LocalTasksTest::where)
            .options(o -> o.name("look-around"))
            .remote()
            .get(PATIENCE);
    assertThat(task)
        .containsEntry("job", driver.jobId())
        .containsEntry("node", driver.nodeId())
        .containsEntry("namespace", driver.namespace())
        .containsEntry("name", "look-around");
    assertThat(task.get("worker")).isNotEqualTo(driver.workerId());
  }

  /** The threads of this process are many workers', but each runs one after another. */
  @Test
  void shouldNotHandAnInterruptToTheNextTask() {
    for (int i = 0; i < 8; i++) {
      assertThat(Mobula.task(LocalTasksTest::interruptSelf).remote().get(PATIENCE)).isTrue();
      assertThat(Mobula.task(LocalTasksTest::isInterrupted).remote().get(PATIENCE)).isFalse();
    }
  }

  @Test
  void shouldNotHandAClassLoaderToTheNextTask() {
    for (int i = 0; i < 8; i++) {
      assertThat(Mobula.task(LocalTasksTest::dropLoader).remote().get(PATIENCE)).isTrue();
      assertThat(Mobula.task(LocalTasksTest::hasLoader).remote().get(PATIENCE)).isTrue();
    }
  }

  @Test
  void shouldKeepIsolatedTasksInWorkersOfTheirOwn() {
    List<String> workers =
        IntStream.range(0, 3)
            .mapToObj(_ ->
                Mobula.task(LocalTasksTest::where)
                    .options(o -> o.isolation(Isolation.PROCESS))
                    .remote()
                    .get(PATIENCE)
                    .get("worker"))
            .toList();
    assertThat(workers).doesNotContain(Mobula.context().workerId());
  }

  @Test
  void shouldOnlyLookWhenTheTimeoutIsZero() {
    RELEASE.set(new CountDownLatch(1));
    ObjectRef<Integer> late = Mobula.task(LocalTasksTest::awaitRelease).remote();
    ObjectRef<Integer> there = Mobula.put(2);
    assertThat(there.get(Duration.ZERO)).isEqualTo(2);
    assertThat(late.isReady()).isFalse();
    assertThatExceptionOfType(GetTimeoutException.class).isThrownBy(() -> late.get(Duration.ZERO));
    assertThatExceptionOfType(GetTimeoutException.class)
        .isThrownBy(() -> Mobula.get(List.of(there, late), Duration.ZERO));
    WaitResult<Integer> seen = Mobula.wait(List.of(late, there), 2, Duration.ZERO);
    assertThat(seen.ready()).containsExactly(there);
    assertThat(seen.pending()).containsExactly(late);
    // A ref that timed out is as good as before.
    RELEASE.get().countDown();
    assertThat(late.get(PATIENCE)).isEqualTo(1);
    assertThat(Mobula.wait(List.of(late, there), 2, PATIENCE).ready()).containsExactly(late, there);
  }

  @Test
  void shouldCountAFailureAsReady() {
    ObjectRef<Object> failed = Mobula.task(LocalTasksTest::raise).remote(Kind.UNCHECKED);
    WaitResult<Object> result = Mobula.wait(List.of(failed), 1, PATIENCE);
    assertThat(result.ready()).containsExactly(failed);
    assertThat(failed.isReady()).isTrue();
  }

  @Test
  void shouldNotWaitForTheRestWhenOneHasFailed() {
    RELEASE.set(new CountDownLatch(1));
    ObjectRef<? extends Object> late = Mobula.task(LocalTasksTest::awaitRelease).remote();
    ObjectRef<Object> failed = Mobula.task(LocalTasksTest::raise).remote(Kind.CHECKED);
    assertThatExceptionOfType(TaskException.class)
        .isThrownBy(() -> Mobula.get(List.of(late, failed), PATIENCE))
        .withRootCauseInstanceOf(java.io.IOException.class);
    assertThat(late.isReady()).isFalse();
  }

  @Test
  void shouldStopWaitingWhenTheThreadIsInterrupted() throws Exception {
    RELEASE.set(new CountDownLatch(1));
    ObjectRef<Integer> late = Mobula.task(LocalTasksTest::awaitRelease).remote();
    List<Callable<Object>> waits =
        List.of(
            late::get,
            () -> late.get(PATIENCE),
            () -> Mobula.get(List.of(late)),
            () -> Mobula.wait(List.of(late), 1),
            () -> Mobula.wait(List.of(late), 1, PATIENCE));
    for (Callable<Object> wait : waits) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      CompletableFuture<Boolean> isStillInterrupted = new CompletableFuture<>();
      Thread waiter =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  wait.call();
                  thrown.complete(new AssertionError("it did not wait"));
                } catch (Exception e) {
                  thrown.complete(e);
                }
                isStillInterrupted.complete(Thread.currentThread().isInterrupted());
              });
      waiter.interrupt();
      assertThat(thrown.get(20, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              MobulaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
      assertThat(isStillInterrupted.get(20, TimeUnit.SECONDS)).isTrue();
    }
    // Nothing but the waiting was interrupted.
    RELEASE.get().countDown();
    assertThat(late.get(PATIENCE)).isEqualTo(1);
  }

  @Test
  void shouldReadARefOfATaskThatIsOver() {
    ObjectRef<ObjectRef<Integer>> outer = Mobula.task(LocalTasksTest::putAndReturn).remote(9);
    ObjectRef<Integer> inner = outer.get(PATIENCE);
    assertThat(inner.get(PATIENCE)).isEqualTo(9);
    assertThat(Mobula.task(LocalTasksTest::twice).remote(inner).get(PATIENCE)).isEqualTo(18);
  }

  @Test
  void shouldDoManyTasksInOneGet() {
    List<ObjectRef<Integer>> many =
        IntStream.range(0, 500)
            .mapToObj(i -> Mobula.task(LocalTasksTest::sum).remote(new int[] {i, 1}))
            .toList();
    assertThat(Mobula.get(many, PATIENCE)).isEqualTo(IntStream.range(1, 501).boxed().toList());
  }

  private static Throwable caught(Kind kind) {
    try {
      kind.code.call();
    } catch (Throwable e) {
      return e;
    }
    throw new IllegalStateException("it threw nothing: " + kind);
  }

  static Object raise(Kind kind) throws Exception {
    return kind.code.call();
  }

  static int raiseUnsendable() {
    Thread thread = Thread.currentThread();
    if (thread.isAlive()) {
      throw new Unsendable(thread);
    }
    return 0;
  }

  static int sum(int[] numbers) {
    return Arrays.stream(numbers).sum();
  }

  static int sumOnRelease(int[] numbers) throws InterruptedException {
    awaitRelease();
    return sum(numbers);
  }

  static int overwrite(int[] numbers) {
    Arrays.fill(numbers, 0);
    return sum(numbers);
  }

  static Box emptied(Box box) {
    Arrays.fill(box.numbers, 0);
    return box;
  }

  @SuppressWarnings("ReferenceEquality") // Identity is what it asks for.
  static boolean areSame(List<Box> boxes) {
    return boxes.getFirst() == boxes.getLast();
  }

  static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  static int meet() throws Exception {
    return BOTH.await(30, TimeUnit.SECONDS);
  }

  static int awaitRelease() throws InterruptedException {
    if (!RELEASE.get().await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("never released");
    }
    return 1;
  }

  static int depth(int rest) {
    if (rest == 0) {
      return 0;
    }
    return 1
        + Mobula.task(LocalTasksTest::depth)
            .options(o -> o.numCpus(2))
            .remote(rest - 1)
            .get(PATIENCE);
  }

  static Map<String, String> where() {
    RuntimeContext context = Mobula.context();
    return Map.of(
        "job", context.jobId(),
        "node", context.nodeId(),
        "namespace", context.namespace(),
        "worker", context.workerId(),
        "name", context.taskName().orElse("none"));
  }

  static boolean interruptSelf() {
    Thread.currentThread().interrupt();
    return Thread.currentThread().isInterrupted();
  }

  static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  static boolean dropLoader() {
    Thread.currentThread().setContextClassLoader(null);
    return true;
  }

  static boolean hasLoader() {
    return Thread.currentThread().getContextClassLoader() != null;
  }

  static ObjectRef<Integer> putAndReturn(int value) {
    return Mobula.put(value);
  }

  static int twice(int value) {
    return 2 * value;
  }

  private static int deeper(int level) {
    return level < 0 ? 0 : deeper(level + 1) + level;
  }

  private static @Nullable Object nothing() {
    return null;
  }

  /** Its initializer throws, at its first use in the process. */
  private static final class Broken {
    static final Object VALUE = fail();

    private static Object fail() {
      throw new IllegalStateException("no class");
    }
  }

  /** Has an array, to be shared or not. */
  static final class Box implements Serializable {
    private static final long serialVersionUID = 1L;
    private final int[] numbers;
    private final String text;

    Box(int[] numbers, String text) {
      this.numbers = numbers;
      this.text = text;
    }

    @Override
    public String toString() {
      return text + Arrays.toString(numbers);
    }
  }

  /** Holds what no codec takes. */
  private static final class Unsendable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // That is the point.
    private final Thread thread;

    Unsendable(Thread thread) {
      super("can't be sent, but must be told");
      this.thread = thread;
    }

    @Override
    public String getMessage() {
      return super.getMessage() + " on " + thread.getName();
    }
  }
}
