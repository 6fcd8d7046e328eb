package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one task leaves on its thread is not the next one's. */
@Timeout(60)
final class TaskThreadsTest {
  private static final long SHORT = TaskThreads.SHORT_NANOS / 2;
  private static final long LONG = TaskThreads.SHORT_NANOS * 2;

  private final ClassLoader loader = new ClassLoader("users", null) {};
  private final TaskThreads threads = new TaskThreads(loader, null);

  @AfterEach
  void close() {
    threads.close();
  }

  @Test
  @SuppressWarnings("ThreadPriorityCheck") // Set to see it put back.
  void shouldPutBackWhatCanBeSeen() throws Exception {
    List<Runnable> traces =
        List.of(
            () -> Thread.currentThread().setName("mine"),
            () -> Thread.currentThread().setPriority(Thread.MIN_PRIORITY),
            () -> Thread.currentThread().setContextClassLoader(null),
            () -> Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {}),
            () -> Thread.currentThread().interrupt());
    List<Object> clean = on(TaskThreadsTest::visible);
    assertThat(clean.subList(1, clean.size()))
        .containsExactly(Thread.NORM_PRIORITY, loader, false, true);
    for (Runnable trace : traces) {
      List<Object> after =
          on(() -> {
            List<Object> before = visible();
            trace.run();
            threads.reset(SHORT);
            assertThat(visible()).isEqualTo(before);
            return before;
          });
      assertThat(after.subList(1, after.size())).isEqualTo(clean.subList(1, clean.size()));
    }
  }

  @Test
  void shouldLetAThreadGoOnWhenTasksAreShortAndTidy() throws Exception {
    assertThat(on(() -> threads.reset(SHORT))).isTrue();
    assertThat(on(() -> interruptedAndReset())).isTrue();
  }

  private boolean interruptedAndReset() {
    Thread.currentThread().interrupt();
    return threads.reset(SHORT);
  }

  @Test
  void shouldUseAThreadUpWhenATaskRanLong() throws Exception {
    assertEnds(() -> threads.reset(LONG));
  }

  @Test
  void shouldUseAThreadUpWhenATaskLeftTraces() throws Exception {
    assertEnds(() -> {
      Thread.currentThread().setName("mine");
      return threads.reset(SHORT);
    });
  }

  private void assertEnds(Supplier<Boolean> mayGoOn) throws Exception {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    assertThat(
            on(() -> {
              ran.complete(Thread.currentThread());
              return mayGoOn.get();
            }))
        .isFalse();
    Thread thread = ran.get();
    thread.join();
    assertThat(thread.isAlive()).isFalse();
  }

  private static List<Object> visible() {
    Thread thread = Thread.currentThread();
    return java.util.Arrays.asList(
        thread.getName(),
        thread.getPriority(),
        thread.getContextClassLoader(),
        thread.isInterrupted(),
        thread.getUncaughtExceptionHandler() == thread.getThreadGroup());
  }

  private <T extends @Nullable Object> T on(Supplier<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        done.complete(task.get());
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    });
    return done.get(20, TimeUnit.SECONDS);
  }
}
