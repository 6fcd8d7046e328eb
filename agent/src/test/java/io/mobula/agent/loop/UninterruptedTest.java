package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class UninterruptedTest {
  @Test
  void shouldWaitOnAndStayInterruptedWhenInterruptedBeforeAndMeanwhile() {
    AtomicInteger calls = new AtomicInteger();
    Thread.currentThread().interrupt();
    boolean hasCome =
        Uninterrupted.await(
            _ -> {
              assertThat(Thread.currentThread().isInterrupted()).isFalse();
              if (calls.incrementAndGet() < 3) {
                throw new InterruptedException();
              }
              return true;
            },
            Duration.ofDays(1));
    assertThat(hasCome).isTrue();
    assertThat(calls).hasValue(3);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void shouldGiveUpAfterItsTimeWhenInterrupted() {
    Thread.currentThread().interrupt();
    assertThat(Uninterrupted.await(new CountDownLatch(1), Duration.ofMillis(5))).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }
}
