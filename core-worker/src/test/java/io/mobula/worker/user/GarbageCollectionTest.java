package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.loop.VirtualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class GarbageCollectionTest {
  private static final long GIGABYTE = 1_000_000_000L;

  private final VirtualClock clock = new VirtualClock();
  private Duration takes = Duration.ofMillis(10);
  private long heapBytes = GIGABYTE / 100;
  private int collections;
  private final GarbageCollection garbage =
      new GarbageCollection(
          () -> {
            collections++;
            advance(takes);
          },
          () -> heapBytes,
          clock);

  @Test
  void shouldCollectWheneverItIsUrgent() {
    heapBytes = 100 * GIGABYTE;
    takes = Duration.ofSeconds(10);
    garbage.collect(true);
    garbage.collect(true);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void shouldSpendATenthOfTheTimeWhenItIsNotUrgent() {
    garbage.collect(true);
    advance(takes.multipliedBy(9));
    garbage.collect(false);
    assertThat(collections).isEqualTo(1);
    advance(takes);
    garbage.collect(false);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void shouldReckonTheCostFromTheHeapBeforeTheFirst() {
    heapBytes = GIGABYTE;
    advance(Duration.ofSeconds(9));
    garbage.collect(false);
    assertThat(collections).isZero();
    advance(Duration.ofSeconds(1));
    garbage.collect(false);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void shouldReckonMoreWhenTheHeapHasGrown() {
    garbage.collect(true);
    heapBytes *= 100;
    advance(takes.multipliedBy(10));
    garbage.collect(false);
    assertThat(collections).isEqualTo(1);
    advance(takes.multipliedBy(1_000));
    garbage.collect(false);
    assertThat(collections).isEqualTo(2);
  }

  private void advance(Duration time) {
    clock.advanceNanos(time.toNanos());
  }
}
