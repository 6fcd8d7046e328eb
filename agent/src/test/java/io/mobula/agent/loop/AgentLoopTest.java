package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AgentLoopTest {
  private static final int SECONDS = 30;

  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<LoopContext> context = new CompletableFuture<>();

  @Test
  void shouldHandleRestThenCloseWhenClosed() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    AgentLoop<Runnable> loop = AgentLoop.start(new Recording(), LoopConfig.defaults());
    loop.offer(() -> awaitQuietly(gate));
    for (int i = 0; i < 3000; i++) {
      int number = i;
      loop.offer(() -> log.add("message " + number));
    }
    Thread closing = Thread.ofVirtual().start(loop::close);
    await().atMost(Duration.ofSeconds(SECONDS)).until(() -> !loop.isRunning());
    assertThat(loop.offer(() -> log.add("too late"))).isFalse();
    gate.countDown();
    closing.join();
    assertThat(log)
        .hasSize(3002)
        .startsWith("start", "message 0")
        .endsWith("message 2999", "close");
    assertThat(loop.executor().post(() -> log.add("too late"))).isFalse();
    assertThat(loop.rejectedCount()).isZero();
    loop.close();
  }

  @Test
  void shouldRejectAndCountWhenMailboxIsFull() {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch isHeld = new CountDownLatch(1);
    AgentLoop<Runnable> loop =
        AgentLoop.start(new Recording(), LoopConfig.defaults().withMailboxCapacity(8));
    loop.offer(() -> {
      isHeld.countDown();
      awaitQuietly(gate);
    });
    awaitQuietly(isHeld);
    int taken = 0;
    for (int i = 0; i < 20; i++) {
      taken += loop.offer(() -> log.add("message")) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(8);
    assertThat(loop.rejectedCount()).isEqualTo(12);
    assertThat(loop.executor().post(() -> log.add("action"))).isTrue();
    gate.countDown();
    loop.close();
    assertThat(Collections.frequency(log, "message")).isEqualTo(8);
    assertThat(log).contains("action");
  }

  @Test
  void shouldEndOnceAndTellWhenAgentThrows() throws Exception {
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    AgentLoop<Runnable> loop =
        AgentLoop.start(new Recording(), LoopConfig.defaults().withOnFatal(fatal::complete));
    IllegalStateException failure = new IllegalStateException("broken invariant");
    loop.offer(() -> {
      throw failure;
    });
    assertThat(fatal.get(SECONDS, TimeUnit.SECONDS)).isSameAs(failure);
    assertThat(loop.fatal()).isSameAs(failure);
    assertThat(loop.offer(() -> {})).isFalse();
    loop.close();
    assertThat(log).containsExactly("start");
  }

  @Test
  void shouldFireTimersInOrderWhenAsleep() throws Exception {
    AgentLoop<Runnable> loop = AgentLoop.start(new Recording(), LoopConfig.defaults());
    CountDownLatch fired = new CountDownLatch(3);
    LoopContext given = context.get(SECONDS, TimeUnit.SECONDS);
    long start = System.nanoTime();
    loop.offer(() -> {
      for (int millis : new int[] {30, 10, 20}) {
        given
            .timers()
            .schedule(
                millis * 1_000_000L,
                () -> {
                  log.add("timer " + millis);
                  fired.countDown();
                });
      }
    });
    assertThat(fired.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
    assertThat(log).containsSubsequence("timer 10", "timer 20", "timer 30");
    loop.close();
  }

  @Test
  void shouldFailWhenStateIsTouchedOffTheLoop() throws Exception {
    AgentLoop<Runnable> loop = AgentLoop.start(new Recording(), LoopConfig.defaults());
    LoopContext given = context.get(SECONDS, TimeUnit.SECONDS);
    assertThat(loop.isOwner()).isFalse();
    assertThatThrownBy(() -> given.owner().check()).hasMessageContaining("off its loop");
    assertThatThrownBy(() -> given.timers().schedule(0, () -> {})).hasMessageContaining("off its");
    CompletableFuture<Boolean> isOwner = new CompletableFuture<>();
    loop.executor().post(() -> isOwner.complete(loop.isOwner()));
    assertThat(isOwner.get(SECONDS, TimeUnit.SECONDS)).isTrue();
    loop.close();
  }

  @Test
  void shouldEndInOrderWhenClosedByItselfOrInterrupted() throws Exception {
    AgentLoop<Runnable> own = AgentLoop.start(new Recording(), LoopConfig.defaults());
    own.offer(own::close);
    await().atMost(Duration.ofSeconds(SECONDS)).until(() -> log.contains("close"));
    AgentLoop<Runnable> interrupted = AgentLoop.start(new Recording(), LoopConfig.defaults());
    interrupted.offer(() -> Thread.currentThread().interrupt());
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> Collections.frequency(log, "close") == 2);
    assertThat(interrupted.fatal()).isNull();
  }

  @Test
  void shouldTakeFewTurnsWhenIdle() throws Exception {
    Recording agent = new Recording();
    AgentLoop<Runnable> loop = AgentLoop.start(agent, LoopConfig.defaults().withSpinNanos(20_000));
    CompletableFuture<Boolean> later = new CompletableFuture<>();
    LoopContext given = context.get(SECONDS, TimeUnit.SECONDS);
    loop.offer(() -> given.timers().schedule(200_000_000, () -> later.complete(true)));
    later.get(SECONDS, TimeUnit.SECONDS);
    loop.close();
    assertThat(agent.turns.get()).isLessThan(20);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Recording implements Agent<Runnable> {
    final AtomicInteger turns = new AtomicInteger();

    @Override
    public String role() {
      return "recording";
    }

    @Override
    public void onStart(LoopContext started) {
      log.add("start");
      context.complete(started);
    }

    @Override
    public void onMessage(Runnable message) {
      message.run();
    }

    @Override
    public void onTurnEnd() {
      turns.incrementAndGet();
    }

    @Override
    public void onClose() {
      log.add("close");
    }
  }
}
