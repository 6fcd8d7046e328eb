package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Looks for lost wake-ups: each producer waits for its message to be handled before it sends the
 * next, so that the loop falls asleep again and again, and a wake-up that got lost would stop a
 * producer for good (there is no timer that would save it).
 */
final class WakeupStressTest {
  private static final int PRODUCERS = 3;
  private static final int MESSAGES = 20_000;
  private static final int SECONDS = 50;

  @ParameterizedTest
  @ValueSource(longs = {0, 5_000})
  void shouldWakeUpAlwaysWhenProducersMeetSleepingLoop(long spinNanos) throws Exception {
    Counting agent = new Counting();
    AgentLoop<Semaphore> loop =
        AgentLoop.start(agent, LoopConfig.defaults().withSpinNanos(spinNanos));
    List<Thread> producers = new ArrayList<>();
    AtomicInteger answered = new AtomicInteger();
    for (int p = 0; p < PRODUCERS; p++) {
      boolean isPosting = p == 0;
      producers.add(Thread.ofPlatform().start(() -> answered.addAndGet(pingPong(loop, isPosting))));
    }
    for (Thread producer : producers) {
      producer.join();
    }
    loop.close();
    assertThat(answered.get()).isEqualTo(PRODUCERS * MESSAGES);
    assertThat(agent.count).isEqualTo((PRODUCERS - 1) * MESSAGES);
  }

  @Test
  void shouldHandleEachOnceInOrderWhenManyProducersFlood() throws Exception {
    int producers = 4;
    int each = 100_000;
    Ordering agent = new Ordering(producers);
    AgentLoop<int[]> loop = AgentLoop.start(agent, LoopConfig.defaults().withMailboxCapacity(512));
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      int producer = p;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  while (!loop.offer(new int[] {producer, i})) {
                    Thread.onSpinWait();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    loop.close();
    assertThat(agent.next).containsOnly(each);
    assertThat(agent.isBroken).isFalse();
  }

  private static int pingPong(AgentLoop<Semaphore> loop, boolean isPosting) {
    Semaphore answer = new Semaphore(0);
    try {
      for (int i = 0; i < MESSAGES; i++) {
        boolean isTaken = isPosting ? loop.executor().post(answer::release) : loop.offer(answer);
        if (!isTaken || !answer.tryAcquire(SECONDS, TimeUnit.SECONDS)) {
          return i;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return MESSAGES;
  }

  private static final class Counting implements Agent<Semaphore> {
    private int count;

    @Override
    public String role() {
      return "counting";
    }

    @Override
    public void onStart(LoopContext context) {}

    @Override
    public void onMessage(Semaphore message) {
      count++;
      message.release();
    }
  }

  private static final class Ordering implements Agent<int[]> {
    private final int[] next;
    private boolean isBroken;

    Ordering(int producers) {
      next = new int[producers];
    }

    @Override
    public String role() {
      return "ordering";
    }

    @Override
    public void onStart(LoopContext context) {}

    @Override
    public void onMessage(int[] message) {
      isBroken |= next[message[0]]++ != message[1];
    }
  }
}
