package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages around a loop's end, and of those that a loop sends to itself. */
final class LoopEndTest {
  private static final int SECONDS = 30;
  private static final int PRODUCERS = 3;
  private static final int ROUNDS = Integer.getInteger("mobula.stress.rounds", 300);

  private static final byte HANDLED = 1;
  private static final byte UNHANDLED = 2;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldAnswerEachMessageTakenWhenLoopEndsMeanwhile(boolean isFatal) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      playRound(isFatal, round);
    }
  }

  private static void playRound(boolean isFatal, int round) throws InterruptedException {
    int each = 2000;
    Marking agent = new Marking(PRODUCERS * each);
    AgentLoop<Integer> loop = AgentLoop.start(agent, LoopConfig.defaults().withMailboxCapacity(64));
    boolean[][] isTaken = new boolean[PRODUCERS][each];
    CountDownLatch started = new CountDownLatch(PRODUCERS);
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < PRODUCERS; p++) {
      int producer = p;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                started.countDown();
                for (int i = 0; i < each; i++) {
                  do {
                    isTaken[producer][i] = loop.offer(producer * each + i);
                  } while (!isTaken[producer][i] && loop.isRunning());
                }
              }));
    }
    started.await();
    for (int spin = round * 37 % 5000; spin > 0; spin--) {
      Thread.onSpinWait();
    }
    if (isFatal) {
      loop.executor()
          .post(() -> {
            throw new IllegalStateException("on purpose");
          });
    } else {
      loop.close();
    }
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(SECONDS))).isTrue();
    }
    loop.close();
    for (int p = 0; p < PRODUCERS; p++) {
      for (int i = 0; i < each; i++) {
        int mark = agent.marks.get(p * each + i);
        if (isTaken[p][i]) {
          assertThat(mark).as("taken, round %s", round).isIn((int) HANDLED, (int) UNHANDLED);
        } else {
          assertThat(mark).as("refused, round %s", round).isIn(0, (int) UNHANDLED);
        }
      }
    }
  }

  @Test
  void shouldHandOverMessageItFailedAtAndTheRestWhenAgentThrows() throws Exception {
    Throwing agent = new Throwing();
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    CountDownLatch gate = new CountDownLatch(1);
    AgentLoop<String> loop =
        AgentLoop.start(agent, LoopConfig.defaults().withOnFatal(fatal::complete));
    loop.executor().post(() -> awaitQuietly(gate));
    for (String message : List.of("fine", "throw", "behind", "last")) {
      assertThat(loop.offer(message)).isTrue();
    }
    gate.countDown();
    assertThat(fatal.get(SECONDS, TimeUnit.SECONDS)).hasMessage("on purpose");
    assertThat(agent.log)
        .containsExactly("fine", "failed", "unhandled throw", "unhandled behind", "unhandled last");
    assertThat(loop.offer("late")).isFalse();
  }

  @Test
  void shouldTellAllWhenOnFailedAndOnUnhandledThrow() throws Exception {
    Throwing agent = new Throwing();
    agent.isThrowingAtTheEnd = true;
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    CountDownLatch gate = new CountDownLatch(1);
    AgentLoop<String> loop =
        AgentLoop.start(agent, LoopConfig.defaults().withOnFatal(fatal::complete));
    loop.executor().post(() -> awaitQuietly(gate));
    loop.offer("throw");
    loop.offer("behind");
    gate.countDown();
    assertThat(fatal.get(SECONDS, TimeUnit.SECONDS)).hasMessage("on purpose");
    assertThat(agent.log).containsExactly("failed", "unhandled throw", "unhandled behind");
  }

  @Test
  void shouldTakeMessagesToItselfWhenMailboxIsFull() {
    int count = 5000;
    List<Integer> own = Collections.synchronizedList(new ArrayList<>());
    Agent<Integer> agent =
        new Agent<>() {
          @Override
          public String role() {
            return "talking-to-itself";
          }

          @Override
          public void onStart(LoopContext context) {}

          @Override
          public void onMessage(Integer message) {
            if (message < 0) {
              for (int i = 0; i < count; i++) {
                assertThat(SELF.get(SECONDS).offer(i)).isTrue();
              }
            } else {
              own.add(message);
            }
          }
        };
    AgentLoop<Integer> loop = AgentLoop.start(agent, LoopConfig.defaults().withMailboxCapacity(4));
    SELF.set(loop);
    assertThat(loop.offer(-1)).isTrue();
    await().atMost(Duration.ofSeconds(SECONDS)).until(() -> own.size() == count);
    assertThat(own).isSorted();
    assertThat(loop.rejectedCount()).isZero();
    loop.close();
  }

  @Test
  void shouldWaitForEndAndStayInterruptedWhenClosedByInterruptedThread() {
    CountDownLatch gate = new CountDownLatch(1);
    Throwing agent = new Throwing();
    AgentLoop<String> loop = AgentLoop.start(agent, LoopConfig.defaults());
    loop.executor().post(() -> awaitQuietly(gate));
    loop.offer("fine");
    Thread.currentThread().interrupt();
    Thread.ofVirtual().start(gate::countDown);
    loop.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(agent.log).containsExactly("fine", "closed");
  }

  private static final Self SELF = new Self();

  /** Where an agent finds its own loop. */
  private static final class Self {
    private final CompletableFuture<AgentLoop<Integer>> loop = new CompletableFuture<>();

    void set(AgentLoop<Integer> made) {
      loop.complete(made);
    }

    AgentLoop<Integer> get(int seconds) {
      return loop.orTimeout(seconds, TimeUnit.SECONDS).join();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Marking implements Agent<Integer> {
    private final AtomicIntegerArray marks;

    Marking(int count) {
      marks = new AtomicIntegerArray(count);
    }

    @Override
    public String role() {
      return "marking";
    }

    @Override
    public void onStart(LoopContext context) {}

    @Override
    public void onMessage(Integer message) {
      mark(message, HANDLED);
    }

    @Override
    public void onUnhandled(Integer message) {
      mark(message, UNHANDLED);
    }

    private void mark(int message, byte as) {
      if (!marks.compareAndSet(message, 0, as)) {
        marks.set(message, -1);
      }
    }
  }

  private static final class Throwing implements Agent<String> {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private boolean isThrowingAtTheEnd;

    @Override
    public String role() {
      return "throwing";
    }

    @Override
    public void onStart(LoopContext context) {}

    @Override
    public void onMessage(String message) {
      if (message.equals("throw")) {
        throw new IllegalStateException("on purpose");
      }
      log.add(message);
    }

    @Override
    public void onClose() {
      log.add("closed");
    }

    @Override
    public void onFailed(Throwable thrown) {
      log.add("failed");
      throwAtTheEnd();
    }

    @Override
    public void onUnhandled(String message) {
      log.add("unhandled " + message);
      throwAtTheEnd();
    }

    private void throwAtTheEnd() {
      if (isThrowingAtTheEnd) {
        throw new OutOfMemoryError("on purpose, too");
      }
    }
  }
}
