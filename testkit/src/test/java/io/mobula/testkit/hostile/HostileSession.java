package io.mobula.testkit.hostile;

import io.mobula.api.InitOptions;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session that hostile programs share: opens it, runs programs on some threads, interrupts them
 * if the seed says so, sees that no step takes for ever, that nothing is left when they are over,
 * and closes it, perhaps in the middle.
 */
final class HostileSession {
  private static final int THREADS = 3;
  private static final Duration STEP_MAX = Duration.ofSeconds(90);
  private static final Duration CALM = Duration.ofSeconds(60);
  private static final Duration PROGRAMS_MAX = Duration.ofMinutes(15);
  private static final int STORE_MEBIBYTES = 64;

  private final long seed;
  private final Random random;
  private final Complaints complaints;
  private final List<Promise> stale;
  private final CopyOnWriteArrayList<Promise> kept = new CopyOnWriteArrayList<>();
  private final Map<Thread, Step> steps = new ConcurrentHashMap<>();
  private final boolean mayInterrupt;
  private final boolean isClosedInTheMiddle;
  private volatile boolean isClosing;
  private volatile boolean isOver;

  private record Step(long seed, String what, long sinceNanos) {}

  /**
   * @param stale refs of earlier sessions
   */
  HostileSession(long seed, Complaints complaints, List<Promise> stale) {
    this.seed = seed;
    this.random = new Random(seed);
    this.complaints = complaints;
    this.stale = List.copyOf(stale);
    this.mayInterrupt = random.nextInt(3) == 0;
    this.isClosedInTheMiddle = random.nextInt(3) == 0;
  }

  /**
   * Runs that many programs, from this session's seed on.
   *
   * @return refs that are of no use any more
   */
  List<Promise> run(int programs, Consumer<InitOptions.Builder> options) {
    Session session =
        Mobula.init(
            options.andThen(o -> o.numCpus(2).objectStoreBytes((long) STORE_MEBIBYTES << 20)));
    List<Thread> threads = new ArrayList<>();
    Thread onlooker = Thread.ofPlatform().name("onlooker").start(this::lookOn);
    try {
      AtomicLong next = new AtomicLong(seed);
      for (int i = 0; i < THREADS; i++) {
        threads.add(
            Thread.ofPlatform()
                .name("program-" + i)
                .start(() -> {
                  long mine = next.getAndIncrement();
                  while (mine < seed + programs && !isClosing && complaints.isEmpty()) {
                    new HostileProgram(mine, this).run();
                    mine = next.getAndIncrement();
                  }
                }));
      }
      if (isClosedInTheMiddle) {
        // That no step takes too long is the onlooker's to see.
        Deadline.in(PROGRAMS_MAX)
            .await(
                "programs before the close",
                () -> next.get() > seed + programs * 2L / 3 || !complaints.isEmpty());
        isClosing = true;
      } else {
        join(threads);
        if (complaints.isEmpty()) {
          seeThatNothingIsHeld();
        }
        isClosing = true;
      }
    } finally {
      isClosing = true;
      session.close();
      join(threads);
      isOver = true;
      LockSupport.unpark(onlooker);
      join(List.of(onlooker));
    }
    return List.copyOf(kept);
  }

  Complaints complaints() {
    return complaints;
  }

  boolean isClosing() {
    return isClosing;
  }

  boolean mayInterrupt() {
    return mayInterrupt;
  }

  void keep(Promise promise) {
    kept.add(promise);
  }

  @Nullable Promise anyStale(Random chance) {
    return stale.isEmpty() ? null : stale.get(chance.nextInt(stale.size()));
  }

  void watch(Thread thread, long programSeed, String what) {
    steps.put(thread, new Step(programSeed, what, System.nanoTime()));
  }

  void unwatch(Thread thread) {
    steps.remove(thread);
  }

  /** The onlooker's thread: interrupts programs, and complains of what takes too long. */
  private void lookOn() {
    Random chance = new Random(~seed);
    while (!isOver) {
      LockSupport.parkNanos(1_000_000L * (1 + chance.nextInt(20)));
      List<Thread> hung = new ArrayList<>(0);
      for (Map.Entry<Thread, Step> entry : steps.entrySet()) {
        Step step = entry.getValue();
        if (System.nanoTime() - step.sinceNanos > STEP_MAX.toNanos()) {
          AssertionError where = new AssertionError("its stack");
          where.setStackTrace(entry.getKey().getStackTrace());
          complaints.add(step.seed, "hangs: " + step.what, where);
          hung.add(entry.getKey());
          entry.getKey().interrupt();
        } else if (mayInterrupt && chance.nextInt(4) == 0) {
          entry.getKey().interrupt();
        }
      }
      hung.forEach(steps::remove);
    }
  }

  /** All CPUs are free again, and so is the store, once the programs' refs are gone. */
  private void seeThatNothingIsHeld() {
    kept.clear();
    try {
      Deadline.in(CALM)
          .await(
              () -> "CPUs are given back: " + Mobula.availableResources(),
              () -> Mobula.availableResources().getOrDefault("CPU", 0.0) == 2.0);
      System.gc();
      byte[] most = new byte[(STORE_MEBIBYTES * 3 / 4) << 20];
      Arrays.fill(most, (byte) 1);
      ObjectRef<byte[]> ref = Mobula.put(most);
      ref.free();
    } catch (AssertionError | RuntimeException e) {
      complaints.add(seed, "something is held when all is over", e);
    }
  }

  private void join(List<Thread> threads) {
    for (Thread thread : threads) {
      try {
        if (!thread.join(STEP_MAX.plusSeconds(30))) {
          AssertionError where = new AssertionError("its stack");
          where.setStackTrace(thread.getStackTrace());
          complaints.add(seed, "a thread does not end: " + thread.getName(), where);
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
  }
}
