package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AwakeClockTest {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final VirtualClock machine = new VirtualClock(1_000, 0);
  private final AwakeClock clock = new AwakeClock(machine);

  @Test
  void shouldGoWithTheMachineWhileItIsRead() {
    long start = clock.nanoTime();
    for (int i = 1; i <= 100; i++) {
      machine.advanceNanos(AwakeClock.SILENCE_MAX_NANOS);
      assertThat(clock.nanoTime() - start).isEqualTo(i * AwakeClock.SILENCE_MAX_NANOS);
    }
  }

  @Test
  void shouldStandStillWhileNobodyCouldReadIt() {
    long start = clock.nanoTime();
    machine.advanceNanos(30 * SECOND_NANOS);
    long after = clock.nanoTime();
    assertThat(after - start).isBetween(0L, AwakeClock.NOTE_NANOS);
    assertThat(clock.nanoTime()).isEqualTo(after);
    machine.advanceNanos(10_000_000);
    assertThat(clock.nanoTime() - after).isEqualTo(10_000_000);
    machine.advanceNanos(9 * 3600 * SECOND_NANOS);
    assertThat(clock.nanoTime() - after).isBetween(10_000_000L, 10_000_000 + AwakeClock.NOTE_NANOS);
  }

  @Test
  void shouldNotGoBackForWhoReadItJustBeforeThePause() {
    for (int i = 0; i < 100; i++) {
      machine.advanceNanos(AwakeClock.NOTE_NANOS / 7 * i);
      long before = clock.nanoTime();
      machine.advanceNanos(3 * SECOND_NANOS);
      assertThat(clock.nanoTime()).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void shouldCountADelayThatABusyMachineMayCause() {
    long start = clock.nanoTime();
    machine.advanceNanos(AwakeClock.GAP_NANOS);
    assertThat(clock.nanoTime() - start).isEqualTo(AwakeClock.GAP_NANOS);
  }

  @Test
  void shouldNotGoBackWhenManyReadAfterAPause() throws Exception {
    AtomicLong time = new AtomicLong();
    AwakeClock shared =
        new AwakeClock(
            new Clock() {
              @Override
              public long nanoTime() {
                return time.get();
              }

              @Override
              public long epochMillis() {
                return 0;
              }
            });
    AtomicInteger backwards = new AtomicInteger();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(
          Thread.ofPlatform()
              .start(() -> {
                long last = shared.nanoTime();
                while (time.get() < 4_000 * SECOND_NANOS) {
                  long now = shared.nanoTime();
                  backwards.addAndGet(now < last ? 1 : 0);
                  last = now;
                }
              }));
    }
    while (time.get() < 4_000 * SECOND_NANOS) {
      time.addAndGet(time.get() % 3 == 0 ? 5 * SECOND_NANOS + 1 : AwakeClock.NOTE_NANOS / 2 + 1);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(backwards).hasValue(0);
  }
}
