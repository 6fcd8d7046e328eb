package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Looks for lost wake-ups. One producer sends a message when the one before has been handled, after
 * a moment that varies: about as long as the loop takes to fall asleep. A wake-up that got lost
 * would stop both for good: there is no timer and no other producer that would save it.
 */
final class WakeupStressTest {
  private static final long DURATION_NANOS =
      Long.getLong("mobula.stress.seconds", 2) * 1_000_000_000L;
  private static final int SPINS_MAX = 400;
  private static final long SEED = 20251101;
  private static final long STUCK_NANOS = 20_000_000_000L;

  @ParameterizedTest
  @CsvSource({"false, 0", "true, 0", "false, 2000"})
  void shouldWakeUpAlwaysWhenMessageMeetsLoopFallingAsleep(boolean isPosted, long spinNanos) {
    Counting agent = new Counting();
    AgentLoop<Integer> loop =
        AgentLoop.start(agent, LoopConfig.defaults().withSpinNanos(spinNanos));
    Random random = new Random(SEED);
    long end = System.nanoTime() + DURATION_NANOS;
    for (int i = 1; System.nanoTime() - end < 0; i++) {
      for (int spin = random.nextInt(SPINS_MAX); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      boolean isTaken = isPosted ? loop.executor().post(() -> agent.onMessage(0)) : loop.offer(i);
      assertThat(isTaken).isTrue();
      long start = System.nanoTime();
      while (agent.handled != i) {
        if (System.nanoTime() - start > STUCK_NANOS) {
          throw new AssertionError("wake-up lost: message=" + i + ", seed=" + SEED);
        }
        Thread.onSpinWait();
      }
    }
    loop.close();
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

  private static final class Counting implements Agent<Integer> {
    /** Written by the loop alone. */
    private volatile int handled;

    @Override
    public String role() {
      return "counting";
    }

    @Override
    public void onStart(LoopContext context) {}

    @Override
    public void onMessage(Integer message) {
      int before = handled;
      handled = before + 1;
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
