package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TimerHeapTest {
  private static final long SEED = 20251101;

  private final VirtualClock clock = new VirtualClock(Long.MAX_VALUE - 50, 0);
  private final TimerHeap timers = new TimerHeap(clock, LoopOwner.ofCurrentThread());
  private final List<Integer> fired = new ArrayList<>();

  @Test
  void shouldFireByDeadlineThenByOrderWhenTimePassesEvenOverflowing() {
    Random random = new Random(SEED);
    record Set(int id, long delay) {}
    List<Set> sets = new ArrayList<>();
    List<Timers.Timer> handles = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      int id = i;
      long delay = random.nextInt(100);
      sets.add(new Set(id, delay));
      handles.add(timers.schedule(delay, () -> fired.add(id)));
    }
    List<Set> expected = new ArrayList<>(sets);
    for (int i = 0; i < 400; i++) {
      int victim = random.nextInt(1000);
      handles.get(victim).cancel();
      handles.get(victim).cancel();
      expected.removeIf(set -> set.id() == victim);
    }
    assertThat(timers.size()).isEqualTo(expected.size());
    for (int i = 0; i < 100; i++) {
      timers.fireDue(clock.nanoTime());
      clock.advanceNanos(1);
    }
    expected.sort(Comparator.comparingLong(Set::delay).thenComparingInt(Set::id));
    assertThat(fired).as("seed=%d", SEED).isEqualTo(expected.stream().map(Set::id).toList());
    assertThat(timers.nanosToNext(clock.nanoTime())).isEqualTo(TimerHeap.NONE);
  }

  @Test
  void shouldWaitForNextTurnWhenScheduledWhileFiring() {
    timers.schedule(0, () -> timers.schedule(-5, () -> fired.add(2)));
    assertThat(timers.fireDue(clock.nanoTime())).isEqualTo(1);
    assertThat(fired).isEmpty();
    assertThat(timers.nanosToNext(clock.nanoTime())).isZero();
    assertThat(timers.fireDue(clock.nanoTime())).isEqualTo(1);
    assertThat(fired).containsExactly(2);
  }

  @Test
  void shouldNotFireWhenCancelledByOneBefore() {
    Timers.Timer[] later = new Timers.Timer[1];
    timers.schedule(1, () -> later[0].cancel());
    later[0] = timers.schedule(1, () -> fired.add(1));
    clock.advanceNanos(1);
    timers.fireDue(clock.nanoTime());
    assertThat(fired).isEmpty();
  }
}
