package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.OpenWaits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits on behalf of a task, and what the loop is told of it. */
@Timeout(30)
final class TaskWaitsTest {
  private static final long LEASE = 7;

  private final List<CoreMessage> posted = Collections.synchronizedList(new ArrayList<>());
  private final Map<Thread, Thread.State> states = new HashMap<>();
  private final TaskWaits tasks =
      new TaskWaits(
          new Mail(
              new Mail.Mailbox() {
                @Override
                public boolean offer(CoreMessage message) {
                  return posted.add(message);
                }

                @Override
                public boolean isOpen() {
                  return true;
                }
              },
              new OpenWaits()),
          thread -> states.getOrDefault(thread, Thread.State.RUNNABLE));

  @Test
  void shouldSayItselfWhenTheTasksOwnThreadWaits() {
    tasks.run(LEASE, () -> whileWaiting(() -> assertThat(tasks.hasWaitsElsewhere()).isFalse()));
    assertThat(posted)
        .containsExactly(
            new CoreMessage.Blocked(LEASE, true), new CoreMessage.Blocked(LEASE, false));
  }

  @Test
  void shouldCountAndWakeTheLoopWhenAnotherThreadWaits() {
    tasks.run(
        LEASE,
        () ->
            onAnotherThread(() ->
                whileWaiting(() -> {
                  assertThat(tasks.hasWaitsElsewhere()).isTrue();
                  tasks.beginElsewhere();
                  tasks.endElsewhere();
                })));
    assertThat(posted).as("once").containsExactly(new CoreMessage.WaitsElsewhere());
    assertThat(tasks.hasWaitsElsewhere()).isFalse();
  }

  @Test
  void shouldWakeTheLoopWhenTaskBeginsWhileAnotherThreadWaits() {
    tasks.beginElsewhere();
    assertThat(posted).as("no task that could wait for it").isEmpty();
    tasks.run(LEASE, () -> {});
    assertThat(posted).containsExactly(new CoreMessage.WaitsElsewhere());
    tasks.endElsewhere();
  }

  @Test
  void shouldLookAtThreadOnlyWhileItsTaskRuns() {
    Thread self = Thread.currentThread();
    for (Thread.State state : Thread.State.values()) {
      boolean isWaiting =
          List.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.BLOCKED)
              .contains(state);
      states.put(self, state);
      tasks.run(LEASE, () -> assertThat(tasks.isWaiting(LEASE)).isEqualTo(isWaiting));
      assertThat(tasks.isWaiting(LEASE)).isFalse();
    }
  }

  @Test
  void shouldForgetTaskWhenItThrows() {
    states.put(Thread.currentThread(), Thread.State.WAITING);
    try {
      tasks.run(
          LEASE,
          () -> {
            throw new IllegalStateException("on purpose");
          });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("on purpose");
    }
    assertThat(tasks.isWaiting(LEASE)).isFalse();
    whileWaiting(() -> assertThat(tasks.hasWaitsElsewhere()).isTrue());
  }

  /** What the pool's only thread waits for is brought by another thread of the pool. */
  @Test
  void shouldLetThePoolGoOnWhenItsThreadWaits() throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(1)) {
      CountDownLatch brought = new CountDownLatch(1);
      Future<?> waiting =
          pool.submit(() ->
              whileWaiting(() -> {
                pool.execute(brought::countDown);
                brought.await();
              }));
      waiting.get(20, TimeUnit.SECONDS);
    }
  }

  private void whileWaiting(TaskWaits.InterruptibleWait wait) {
    try {
      tasks.whileWaiting(wait);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void onAnotherThread(Runnable action) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            action.run();
            done.complete(true);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    done.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
