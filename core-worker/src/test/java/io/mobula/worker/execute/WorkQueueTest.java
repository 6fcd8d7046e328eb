package io.mobula.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.function.RemoteMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many threads a queue has, and what runs on them. */
final class WorkQueueTest {
  private static final int MANY = Integer.MAX_VALUE;

  private final AtomicInteger started = new AtomicInteger();
  private final BlockingQueue<Execution> running = new LinkedBlockingQueue<>();
  private final Semaphore mayEnd = new Semaphore(0);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private volatile int threadsMax = MANY;
  private @Nullable WorkQueue queue;

  @AfterEach
  void endThreads() throws Exception {
    mayEnd.release(1_000);
    WorkQueue open = queue;
    if (open != null) {
      open.end(true);
      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void shouldStartNoMoreThreadsThanAreNeededWhateverTheirLimit() throws Exception {
    WorkQueue open = open(MANY);
    assertThat(started).hasValue(1);
    for (int i = 0; i < 3; i++) {
      open.add(execution());
      take();
    }
    assertThat(started.get()).as("all at once").isBetween(3, 4);
  }

  @Test
  void shouldUseAThreadThatIsFreeAgain() throws Exception {
    // What runs waits for nothing, so that a thread that waits is free.
    mayEnd.release(1_000);
    WorkQueue open = open(MANY);
    for (int i = 0; i < 50; i++) {
      awaitFree();
      open.add(execution());
      take();
    }
    assertThat(started).hasValue(1);
  }

  @Test
  void shouldNeverRunMoreAtOnceThanItsLimit() throws Exception {
    WorkQueue open = open(2);
    for (int i = 0; i < 5; i++) {
      open.add(execution());
    }
    take();
    take();
    assertThat(running.poll(50, TimeUnit.MILLISECONDS)).isNull();
    mayEnd.release(3);
    for (int i = 0; i < 3; i++) {
      take();
    }
    assertThat(started).hasValue(2);
  }

  @Test
  void shouldRunOneAfterTheOtherWhenThereAreNoMoreThreads() throws Exception {
    WorkQueue open = open(MANY);
    open.add(execution());
    take();
    threadsMax = started.get();
    Execution next = execution();
    open.add(next);
    if (started.get() == 1) {
      assertThat(running.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
    mayEnd.release();
    assertThat(take()).isSameAs(next);
  }

  @Test
  void shouldEndOnceWhenAllItsThreadsHave() throws Exception {
    WorkQueue open = open(3);
    for (int i = 0; i < 3; i++) {
      open.add(execution());
      take();
    }
    open.end(false);
    assertThat(ended.getCount()).as("what runs is over first").isEqualTo(1);
    mayEnd.release(3);
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private WorkQueue open(int limit) {
    Executor executor =
        work -> {
          if (started.get() >= threadsMax) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          started.incrementAndGet();
          threads.add(Thread.ofPlatform().name("queue").start(work));
        };
    WorkQueue open =
        new WorkQueue(
            executor,
            limit,
            execution -> {
              running.add(execution);
              mayEnd.acquireUninterruptibly();
              return true;
            },
            ended::countDown);
    queue = open;
    return open;
  }

  private Execution take() throws InterruptedException {
    Execution next = running.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  /** Until the one thread waits. */
  private void awaitFree() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
  }

  private static Execution execution() {
    return Executions.queued(
        1,
        1,
        TaskSpec.getDefaultInstance(),
        new RemoteMethod(
            FunctionDescriptor.getDefaultInstance(), WorkQueueTest.class.getClassLoader()));
  }
}
