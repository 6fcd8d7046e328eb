package io.mobula.driver.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.SystemClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which worker a thread acts for, and what is known of those that do not end. */
final class WorkerThreadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Clock CLOCK = SystemClock.INSTANCE;
  private static final int MANY = 50;

  private final WorkerThreads threads = new WorkerThreads("worker-1.2");
  private final CountDownLatch release = new CountDownLatch(1);
  private final List<Thread> started = new ArrayList<>();

  @AfterEach
  void endThreads() throws Exception {
    release.countDown();
    for (Thread thread : started) {
      assertThat(thread.join(PATIENCE)).isTrue();
    }
  }

  /** Libraries make groups of their own for their threads. */
  @Test
  void shouldBelongToAWorkerWhenAGroupWasMadeInside() throws Exception {
    CompletableFuture<@Nullable WorkerThreads> found = new CompletableFuture<>();
    run(() -> {
      ThreadGroup inner = new ThreadGroup("a library's");
      Thread.ofPlatform().group(inner).start(() -> found.complete(WorkerThreads.ofCurrentThread()));
    });
    assertThat(found.get(20, TimeUnit.SECONDS)).isSameAs(threads);
  }

  @Test
  void shouldBelongToAWorkerWhenAPoolOfItsOwnRunsIt() throws Exception {
    CompletableFuture<@Nullable WorkerThreads> found = new CompletableFuture<>();
    run(() -> {
      try (ForkJoinPool pool = new ForkJoinPool(1)) {
        pool.execute(() -> found.complete(WorkerThreads.ofCurrentThread()));
      }
    });
    assertThat(found.get(20, TimeUnit.SECONDS)).isSameAs(threads);
  }

  /** A task can make the raylet start another worker, on a thread of the first one's group. */
  @Test
  void shouldNotReachIntoAnotherWorkerThatWasMadeInside() throws Exception {
    CompletableFuture<WorkerThreads> made = new CompletableFuture<>();
    run(() -> made.complete(new WorkerThreads("worker-1.3")));
    WorkerThreads other = made.get(20, TimeUnit.SECONDS);
    CompletableFuture<@Nullable WorkerThreads> found = new CompletableFuture<>();
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    started.add(
        Thread.ofPlatform()
            .group(other)
            .start(() -> {
              found.complete(WorkerThreads.ofCurrentThread());
              wasInterrupted.complete(wait(release));
            }));
    assertThat(found.get(20, TimeUnit.SECONDS)).isSameAs(other);
    threads.interrupt();
    release.countDown();
    assertThat(wasInterrupted.get(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void shouldRefuseToActBeforeItsWorkerIsReady() {
    assertThatThrownBy(threads::runtime).hasMessageContaining("before its worker was ready");
  }

  @Test
  void shouldNameAndPlaceThoseThatDoNotEnd() {
    start("stuck", () -> wait(release));
    assertThat(threads.awaitEnd(CLOCK, CLOCK.nanoTime()))
        .singleElement()
        .asString()
        .startsWith("stuck");
    release.countDown();
    assertThat(threads.awaitEnd(CLOCK, CLOCK.nanoTime() + PATIENCE.toNanos())).isEmpty();
  }

  /** The group's count is an estimate. */
  @Test
  void shouldNameThemAllWhenTheyAreMany() {
    for (int i = 0; i < MANY; i++) {
      start("stuck-" + i, () -> wait(release));
    }
    List<String> left = threads.awaitEnd(CLOCK, CLOCK.nanoTime());
    assertThat(left).hasSize(MANY);
    for (int i = 0; i < MANY; i++) {
      String name = "stuck-" + i;
      assertThat(left)
          .filteredOn(line -> line.equals(name) || line.startsWith(name + " "))
          .hasSize(1);
    }
  }

  @Test
  void shouldWaitForThemAllTogetherNotEach() {
    for (int i = 0; i < 10; i++) {
      start("stuck-" + i, () -> wait(release));
    }
    Duration patience = Duration.ofMillis(300);
    long before = CLOCK.nanoTime();
    assertThat(threads.awaitEnd(CLOCK, before + patience.toNanos())).hasSize(10);
    Duration took = Duration.ofNanos(CLOCK.nanoTime() - before);
    assertThat(took).isGreaterThanOrEqualTo(patience).isLessThan(patience.multipliedBy(8));
  }

  @Test
  void shouldWaitAllTheSameWhenTheWaitingThreadIsInterrupted() throws Exception {
    CountDownLatch isRunning = new CountDownLatch(1);
    start(
        "slow",
        () -> {
          isRunning.countDown();
          wait(release);
        });
    assertThat(isRunning.await(20, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<List<String>> left = new CompletableFuture<>();
    CompletableFuture<Boolean> isStillInterrupted = new CompletableFuture<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              left.complete(threads.awaitEnd(CLOCK, CLOCK.nanoTime() + PATIENCE.toNanos()));
              isStillInterrupted.complete(Thread.currentThread().isInterrupted());
            });
    waiter.interrupt();
    release.countDown();
    assertThat(left.get(20, TimeUnit.SECONDS)).isEmpty();
    assertThat(isStillInterrupted.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldInterruptThoseThatWereStartedByOthers() throws Exception {
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    CountDownLatch isRunning = new CountDownLatch(1);
    run(() ->
        started.add(
            Thread.ofPlatform()
                .start(() -> {
                  isRunning.countDown();
                  wasInterrupted.complete(wait(release));
                })));
    assertThat(isRunning.await(20, TimeUnit.SECONDS)).isTrue();
    threads.interrupt();
    assertThat(wasInterrupted.get(20, TimeUnit.SECONDS)).isTrue();
  }

  private void start(String name, Runnable code) {
    started.add(Thread.ofPlatform().group(threads).name(name).start(code));
  }

  /** Runs it on a thread of the worker, to its end. */
  private void run(Runnable code) throws InterruptedException {
    assertThat(Thread.ofPlatform().group(threads).start(code).join(PATIENCE)).isTrue();
  }

  /** Whether an interrupt ended it. */
  private static boolean wait(CountDownLatch latch) {
    try {
      latch.await();
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
