package io.mobula.store.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TouchPaceTest {
  private long now = 77;
  private final TouchPace pace = new TouchPace(() -> now);

  @Test
  void shouldBeQuickUntilMeasuredOtherwise() {
    assertThat(pace.isQuick()).isTrue();
    measure(TouchPace.WORTH_NANOS + 1);
    assertThat(pace.isQuick()).isFalse();
  }

  @Test
  void shouldForgiveOneDelayAmongMany() {
    measure(TouchPace.WORTH_NANOS / 2);
    measure(4 * TouchPace.WORTH_NANOS);
    assertThat(pace.isQuick()).isTrue();
    measure(4 * TouchPace.WORTH_NANOS);
    assertThat(pace.isQuick()).isFalse();
  }

  @Test
  void shouldBecomeQuickAgainWhenTouchingDoes() {
    measure(2 * TouchPace.WORTH_NANOS);
    for (int i = 0; i < 20; i++) {
      measure(TouchPace.WORTH_NANOS / 10);
    }
    assertThat(pace.isQuick()).isTrue();
  }

  @Test
  void shouldLookAtEveryPageUntilOneFaultIsSeenToMapMany() {
    int[] looks = new int[1];
    Runnable slow =
        () -> {
          looks[0]++;
          now += TouchPace.MAPPED_NANOS + 1;
        };
    Runnable quick = () -> looks[0]++;
    pace.measure(() -> now++, slow);
    assertThat(pace.isQuick()).isFalse();
    pace.measure(() -> now++, quick);
    pace.measure(() -> now++, slow);
    assertThat(looks[0]).isEqualTo(2);
  }

  private void measure(long nanos) {
    pace.measure(() -> now += nanos, () -> now++);
  }
}
