package io.mobula.testkit.hostile;

import io.mobula.api.ActorHandle;
import io.mobula.api.ErrorCode;
import io.mobula.api.GetTimeoutException;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.SerializationException;
import io.mobula.api.SessionClosedException;
import io.mobula.api.WaitResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One program: random steps from a seed, on one thread of a session that others share. It knows
 * what each of its calls must come to, and complains of everything else. Interrupts and the end of
 * the session may come at any moment.
 */
final class HostileProgram {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int STEPS = 12;
  private static final int LARGE_BYTES = 300_000;

  private final long seed;
  private final Random random;
  private final HostileSession session;
  private final List<Promise> promises = new ArrayList<>();

  HostileProgram(long seed, HostileSession session) {
    this.seed = seed;
    this.random = new Random(seed);
    this.session = session;
  }

  /** Runs it to its end. */
  void run() {
    for (int i = 0; i < STEPS && !session.isClosing(); i++) {
      step(random.nextInt(27));
    }
    for (Promise promise : promises) {
      settle(promise);
    }
    if (random.nextInt(8) == 0 && !promises.isEmpty()) {
      session.keep(promises.getLast());
    }
    promises.clear();
    Thread.interrupted();
  }

  private void step(int kind) {
    switch (kind) {
      case 0, 1, 2 -> attempt("add", this::add);
      case 3 -> attempt("fail", this::fail);
      case 4 -> attempt("return what can't be sent", this::returnMean);
      case 5 -> attempt("take what can't be sent", this::takeMean);
      case 6 -> attempt("nap", this::nap);
      case 7 -> attempt("nest", this::nest);
      case 8 -> attempt("nest elsewhere", this::nestElsewhere);
      case 9 -> attempt("refs in a result", this::refsInResult);
      case 10 -> attempt("refs in an argument", this::refsInArgument);
      case 11 -> attempt("put", this::put);
      case 12 -> attempt("put large", this::putLarge);
      case 13 -> attempt("large result", this::largeResult);
      case 14 -> attempt("impatient get", this::impatientGet);
      case 15 -> attempt("wait", this::waitForSome);
      case 16 -> attempt("free", this::free);
      case 17 -> attempt("future", this::future);
      case 18 -> attempt("interrupted", this::interrupted);
      case 19 -> attempt("soil", this::soil);
      case 20 -> attempt("own limits", this::ownLimits);
      case 21 -> attempt("actor", this::actor);
      case 22 -> attempt("actor that dies", this::actorThatDies);
      case 23 -> attempt("actor that is not born", this::actorNotBorn);
      case 24 -> attempt("get all", this::getAll);
      case 25 -> attempt("stale", this::stale);
      default -> attempt("flood", this::flood);
    }
  }

  // --- tasks ----------------------------------------------------------------------------------

  private void add() {
    long x = random.nextInt(1000);
    Promise input = anyNumber();
    boolean isSum = random.nextBoolean();
    if (input == null) {
      long y = random.nextInt(1000);
      promise(
          (isSum ? Misdeeds.ADD : Misdeeds.SUBTRACT).remote(x, y),
          "add(" + x + ", " + y + ")",
          value(isSum ? x + y : x - y));
    } else {
      ref(
          input,
          ref -> {
            ObjectRef<Long> result =
                isSum ? Misdeeds.ADD.remote(ref, x) : Misdeeds.SUBTRACT.remote(ref, x);
            promise(
                result,
                "add(" + input + ", " + x + ")",
                value(isSum ? input.number() + x : input.number() - x),
                input);
          });
    }
  }

  private void fail() {
    int kind = random.nextInt(MeanThrowables.KINDS.size());
    promise(Misdeeds.FAIL.remote(kind), "fail(" + kind + ")", new Promise.Outcome.Thrown());
  }

  private void returnMean() {
    if (random.nextInt(3) == 0) {
      int kind = random.nextInt(MeanValues.NOT_RECEIVED.size());
      promise(
          Misdeeds.RETURN_UNREADABLE.remote(kind),
          "returnUnreadable(" + kind + ")",
          new Promise.Outcome.Unsendable());
      return;
    }
    // The last two kinds may be sent or not: a codec may read fields without the accessor.
    int kind = random.nextInt(4);
    promise(
        Misdeeds.RETURN_MEAN.remote(kind),
        "returnMean(" + kind + ")",
        new Promise.Outcome.Unsendable());
  }

  private void takeMean() {
    int kind = random.nextInt(4);
    try {
      ObjectRef<Long> taken = Misdeeds.TAKE.remote(MeanValues.NOT_SENT.get(kind).get());
      complain("took what can't be sent: kind=" + kind + ", ref=" + taken, null);
    } catch (SerializationException e) {
      // As it should be.
    }
  }

  private void nap() {
    long x = random.nextInt(1000);
    promise(Misdeeds.NAP.remote(x, random.nextInt(5)), "nap(" + x + ")", value(x));
  }

  private void nest() {
    long x = random.nextInt(100);
    int depth = 1 + random.nextInt(2);
    promise(Misdeeds.NEST.remote(x, depth), "nest(" + x + ", " + depth + ")", value(x << depth));
  }

  private void nestElsewhere() {
    long x = random.nextInt(100);
    int way = random.nextInt(4);
    promise(
        Misdeeds.NEST_ELSEWHERE.remote(x, way),
        "nestElsewhere(" + x + ", " + way + ")",
        value(x + 1));
  }

  private void refsInResult() {
    long x = random.nextInt(100);
    ObjectRef<List<ObjectRef<Long>>> outer = Misdeeds.RETURN_REFS.remote(x);
    List<ObjectRef<Long>> inner = outer.get(PATIENCE);
    promise(inner.get(0), "put in a task " + x, value(x));
    promise(inner.get(1), "made in a task " + x, value(x + 1));
  }

  private void refsInArgument() {
    List<ObjectRef<Long>> refs = new ArrayList<>();
    List<Promise> inputs = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < 3; i++) {
      Promise input = anyNumber();
      if (input != null) {
        ref(input, refs::add);
        inputs.add(input);
        sum += input.number();
      }
    }
    promise(Misdeeds.SUM.remote(refs), "sum" + inputs, value(sum), inputs.toArray(Promise[]::new));
  }

  private void put() {
    long x = random.nextInt(1000);
    promise(Mobula.put(x), "put(" + x + ")", value(x));
  }

  private void putLarge() {
    byte[] bytes = new byte[LARGE_BYTES + random.nextInt(1_500_000)];
    bytes[0] = 1;
    bytes[bytes.length - 1] = (byte) random.nextInt(100);
    ObjectRef<byte[]> ref = Mobula.put(bytes);
    promise(ref, "put large", value(bytes));
    promise(Misdeeds.MEASURE.remote(ref), "measure large", value(measured(bytes)), last());
  }

  private void largeResult() {
    int size = LARGE_BYTES + random.nextInt(500_000);
    if (random.nextInt(3) == 0) {
      promise(Misdeeds.FILL_INTERRUPTED.remote(size), "fillInterrupted", value(new byte[size]));
      return;
    }
    byte with = (byte) random.nextInt(10);
    byte[] expected = new byte[size];
    java.util.Arrays.fill(expected, with);
    ObjectRef<byte[]> ref = Misdeeds.FILL.remote(size, with);
    promise(ref, "fill", value(expected));
    promise(Misdeeds.MEASURE.remote(ref), "measure filled", value(measured(expected)), last());
  }

  private void soil() {
    promise(Misdeeds.SOIL.remote(5L), "soil", value(5L));
    for (int i = 0; i < 3; i++) {
      promise(Misdeeds.LOOK_FOR_DIRT.remote(), "lookForDirt", value(""));
    }
  }

  private void ownLimits() {
    if (random.nextBoolean()) {
      promise(Misdeeds.RECURSE.remote(0), "recurse", new Promise.Outcome.Thrown());
    } else {
      promise(Misdeeds.ASK_TOO_MUCH.remote(), "askTooMuch", new Promise.Outcome.Thrown());
    }
    promise(Misdeeds.INTERRUPT_ITSELF.remote(3L), "interruptItself", value(3L));
  }

  private void flood() {
    int count = random.nextInt(50) == 0 ? 5_000 : 200;
    List<ObjectRef<Long>> refs = new ArrayList<>(count);
    for (long i = 0; i < count; i++) {
      refs.add(Misdeeds.ADD.remote(i, 1L));
    }
    if (random.nextBoolean()) {
      List<Long> values = Mobula.get(refs, PATIENCE);
      for (int i = 0; i < count; i++) {
        if (values.get(i) != i + 1) {
          complain("wrong answer in a flood: i=" + i + ", value=" + values.get(i), null);
        }
      }
    }
  }

  // --- objects --------------------------------------------------------------------------------

  private void impatientGet() {
    Promise promise = anyPromise();
    if (promise == null) {
      return;
    }
    try {
      judge(promise, promise.ref().get(Duration.ofNanos(random.nextInt(3_000_000))));
    } catch (GetTimeoutException e) {
      // It may be slow.
    } catch (MobulaException e) {
      judgeThrown(promise, e);
    }
  }

  private void waitForSome() {
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (Promise promise : promises) {
      if (promise.isNumber()) {
        ref(
            promise,
            ref -> {
              if (!refs.contains(ref)) {
                refs.add(ref);
              }
            });
      }
    }
    if (!refs.isEmpty()) {
      int count = 1 + random.nextInt(refs.size());
      WaitResult<Long> result = Mobula.wait(refs, count, PATIENCE);
      if (result.ready().size() != count
          || result.ready().size() + result.pending().size() != refs.size()) {
        complain("wait came back with too few: " + result.ready().size() + " of " + count, null);
      }
    }
  }

  private void free() {
    Promise promise = anyPromise();
    if (promise != null) {
      promise.isFreed().set(true);
      promise.ref().free();
    }
  }

  private void future() {
    Promise promise = anyNumber();
    if (promise == null) {
      return;
    }
    ref(
        promise,
        ref -> {
          CompletableFuture<Long> future = ref.toFuture();
          if (random.nextInt(3) == 0 && future.cancel(true)) {
            complain("cancelled what can't be cancelled: " + promise, null);
          }
          CompletableFuture<Long> next = future.thenApply(x -> x + 1);
          try {
            judge(promise, next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) - 1);
          } catch (ExecutionException | CompletionException e) {
            judgeThrown(promise, rootOf(e));
          } catch (CancellationException | TimeoutException e) {
            complain("a future was not completed: " + promise, e);
          } catch (InterruptedException e) {
            onInterrupt("future.get", e);
          }
        });
  }

  private void interrupted() {
    Thread.currentThread().interrupt();
    try {
      switch (random.nextInt(4)) {
        case 0 -> putLarge();
        case 1 -> add();
        case 2 -> impatientGet();
        default -> waitForSome();
      }
    } finally {
      Thread.interrupted();
    }
  }

  private void getAll() {
    List<Promise> asked = promises.stream().filter(Promise::isNumber).toList();
    List<ObjectRef<Long>> refs = new ArrayList<>();
    asked.forEach(promise -> ref(promise, refs::add));
    try {
      List<Long> values = Mobula.get(refs, PATIENCE);
      for (int i = 0; i < values.size(); i++) {
        judge(asked.get(i), values.get(i));
      }
    } catch (MobulaException e) {
      if (!isExcused(e) && asked.stream().allMatch(promise -> promise.complaintOf(e) != null)) {
        complain("get of all failed: " + asked, e);
      }
    }
  }

  /** What is left of a closed session must be refused whichever way it comes. */
  private void stale() {
    Promise old = session.anyStale(random);
    if (old == null) {
      return;
    }
    try {
      Object got =
          switch (random.nextInt(4)) {
            case 0 -> old.ref().get(PATIENCE);
            case 1 -> Mobula.put(List.of(old.ref()));
            case 2 -> Misdeeds.TAKE.remote(old.ref());
            default -> outcome(old.ref().toFuture());
          };
      complain("a ref of a closed session was taken: " + old + ", got=" + got, null);
    } catch (SessionClosedException e) {
      // As it should be.
    }
  }

  /** What a future comes to, as if its ref had been asked. */
  private static @Nullable Object outcome(CompletableFuture<?> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof MobulaException cause ? cause : e;
    }
  }

  // --- actors ---------------------------------------------------------------------------------

  private void actor() {
    AtomicBoolean isDying = new AtomicBoolean();
    ActorHandle<Teller> teller = Mobula.actor(Teller::new).options(o -> o.numCpus(0)).remote(-1);
    callInOrder(teller, isDying, 5);
    int kind = random.nextInt(MeanThrowables.KINDS.size());
    call(
        teller.call(Teller::fail, kind),
        "actor fail(" + kind + ")",
        new Promise.Outcome.Thrown(),
        isDying);
    call(
        teller.call(Teller::returnMean, random.nextInt(4)),
        "actor returnMean",
        new Promise.Outcome.Unsendable(),
        isDying);
    call(teller.call(Teller::next, seed), "next after failures", value(6L), isDying);
    if (random.nextBoolean()) {
      promises.forEach(this::settle);
    }
    isDying.set(true);
    teller.kill();
  }

  private void actorThatDies() {
    AtomicBoolean isDying = new AtomicBoolean();
    ActorHandle<Teller> teller = Mobula.actor(Teller::new).options(o -> o.numCpus(0)).remote(-1);
    callInOrder(teller, isDying, 3);
    isDying.set(true);
    if (random.nextBoolean()) {
      call(teller.call(Teller::exit), "exit", new Promise.Outcome.Thrown(), isDying);
    } else {
      teller.kill();
    }
    // The news may take a moment; then there is nobody to answer.
    call(teller.call(Teller::next, seed), "next of the dying", value(4L), isDying);
  }

  private void actorNotBorn() {
    int kind = random.nextInt(MeanThrowables.KINDS.size());
    ActorHandle<Teller> teller = Mobula.actor(Teller::new).options(o -> o.numCpus(0)).remote(kind);
    call(
        teller.call(Teller::next, seed),
        "next of the unborn, kind=" + kind,
        new Promise.Outcome.Thrown(),
        new AtomicBoolean(true));
  }

  private void callInOrder(ActorHandle<Teller> teller, AtomicBoolean isDying, int count) {
    for (long i = 1; i <= count; i++) {
      call(teller.call(Teller::next, seed), "next " + i, value(i), isDying);
    }
  }

  private void call(
      ObjectRef<?> ref, String story, Promise.Outcome outcome, AtomicBoolean isDying) {
    promises.add(Promise.ofCall(ref, story, outcome, isDying::get));
  }

  // --- the onlooker ---------------------------------------------------------------------------

  private void attempt(String what, Runnable step) {
    session.watch(Thread.currentThread(), seed, what);
    try {
      step.run();
    } catch (MobulaException e) {
      if (!isExcused(e)) {
        complain("failed where it should not: " + what, e);
      }
    } catch (Throwable e) {
      complain("threw what it should not: " + what, e);
    } finally {
      session.unwatch(Thread.currentThread());
    }
  }

  private void settle(Promise promise) {
    session.watch(Thread.currentThread(), seed, "settle " + promise.story());
    try {
      while (true) {
        try {
          judge(promise, promise.ref().get(PATIENCE));
          return;
        } catch (GetTimeoutException e) {
          complain("no answer: " + promise, e);
          return;
        } catch (MobulaException e) {
          if (e.code() == ErrorCode.INTERRUPTED && session.mayInterrupt()) {
            Thread.interrupted();
            continue;
          }
          judgeThrown(promise, e);
          return;
        } catch (Throwable e) {
          complain("threw what it should not: " + promise, e);
          return;
        }
      }
    } finally {
      session.unwatch(Thread.currentThread());
    }
  }

  private void judge(Promise promise, @Nullable Object value) {
    complain(promise.complaintOfValue(value), null);
  }

  private void judgeThrown(Promise promise, Throwable thrown) {
    if (!isExcused(thrown)) {
      complain(promise.complaintOf(thrown), thrown);
    }
  }

  /** Interrupts, and the end of the session, excuse a failure. */
  private boolean isExcused(Throwable thrown) {
    if (!(thrown instanceof MobulaException failure)) {
      return false;
    }
    return switch (failure.code()) {
      case INTERRUPTED -> {
        Thread.interrupted();
        yield true;
      }
      case SESSION_CLOSED, CLUSTER_LOST, NOT_INITIALIZED -> session.isClosing();
      default -> false;
    };
  }

  private void onInterrupt(String where, InterruptedException e) {
    if (!session.mayInterrupt()) {
      complain("interrupted by nobody: " + where, e);
    }
  }

  private void complain(@Nullable String what, @Nullable Throwable cause) {
    session.complaints().add(seed, what, cause);
  }

  private static Throwable rootOf(Throwable thrown) {
    Throwable root = thrown;
    while ((root instanceof ExecutionException || root instanceof CompletionException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  // --- promises -------------------------------------------------------------------------------

  private void promise(ObjectRef<?> ref, String story, Promise.Outcome outcome, Promise... inputs) {
    promises.add(Promise.of(ref, story, outcome, inputs));
  }

  private static Promise.Outcome value(@Nullable Object value) {
    return new Promise.Outcome.Value(value);
  }

  private Promise last() {
    return promises.getLast();
  }

  private @Nullable Promise anyPromise() {
    return promises.isEmpty() ? null : promises.get(random.nextInt(promises.size()));
  }

  private @Nullable Promise anyNumber() {
    List<Promise> numbers = promises.stream().filter(Promise::isNumber).toList();
    return numbers.isEmpty() ? null : numbers.get(random.nextInt(numbers.size()));
  }

  /** Hands over the ref of a number. */
  @SuppressWarnings("unchecked") // A number's ref is one of a Long.
  private static void ref(Promise number, java.util.function.Consumer<ObjectRef<Long>> use) {
    use.accept((ObjectRef<Long>) number.ref());
  }

  private static long measured(byte[] bytes) {
    long sum = bytes.length;
    for (byte b : bytes) {
      sum += b;
    }
    return sum;
  }
}
