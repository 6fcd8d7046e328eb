package io.mobula.raylet.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.node.GarbagePolicy.Decision;
import io.mobula.raylet.objects.ObjectUsage;
import org.junit.jupiter.api.Test;

final class GarbagePolicyTest {
  private static final long CAPACITY = 800;

  private final GarbagePolicy policy = new GarbagePolicy();
  private long now = 12_345;

  @Test
  void shouldAskUrgentlyOnceASecondAndElsewhereAtFirstAndEveryFourthTime() {
    assertThat(waiting()).isEqualTo(Decision.URGENT_EVERYWHERE);
    assertThat(waiting()).isEqualTo(Decision.NOTHING);
    for (int i = 1; i < 4; i++) {
      second();
      assertThat(waiting()).isEqualTo(Decision.URGENT);
    }
    second();
    assertThat(waiting()).isEqualTo(Decision.URGENT_EVERYWHERE);
    second();
    assertThat(used(10)).isEqualTo(Decision.NOTHING);
    assertThat(waiting()).isEqualTo(Decision.URGENT_EVERYWHERE);
  }

  @Test
  void shouldAskInPassingWhenAnEighthHasBeenFilled() {
    assertThat(used(300)).as("lowest so far").isEqualTo(Decision.NOTHING);
    assertThat(used(399)).isEqualTo(Decision.NOTHING);
    assertThat(used(400)).isEqualTo(Decision.IN_PASSING);
    assertThat(used(600)).as("at once").isEqualTo(Decision.NOTHING);
    second();
    assertThat(used(300)).as("it has helped").isEqualTo(Decision.NOTHING);
    assertThat(used(399)).isEqualTo(Decision.NOTHING);
    assertThat(used(400)).isEqualTo(Decision.IN_PASSING);
  }

  @Test
  void shouldAskMoreSeldomWhenNothingIsFreedAndOftenAgainWhenItHelps() {
    used(0);
    assertThat(used(100)).isEqualTo(Decision.IN_PASSING);
    second();
    assertThat(used(199)).isEqualTo(Decision.NOTHING);
    assertThat(used(200)).as("a part of 100").isEqualTo(Decision.IN_PASSING);
    second();
    assertThat(used(399)).isEqualTo(Decision.NOTHING);
    assertThat(used(400)).as("a part of 200").isEqualTo(Decision.IN_PASSING);
    second();
    assertThat(used(790)).as("now 400").isEqualTo(Decision.NOTHING);
    assertThat(used(300)).isEqualTo(Decision.NOTHING);
    assertThat(used(700)).as("it has helped: 200 from now on").isEqualTo(Decision.IN_PASSING);
    second();
    assertThat(used(500)).isEqualTo(Decision.NOTHING);
    assertThat(used(700)).as("100 from now on").isEqualTo(Decision.IN_PASSING);
  }

  private Decision waiting() {
    return policy.decide(usage(CAPACITY, 1), now);
  }

  private Decision used(long bytes) {
    return policy.decide(usage(bytes, 0), now);
  }

  private void second() {
    now += GarbagePolicy.URGENT_PAUSE_NANOS;
  }

  private static ObjectUsage usage(long usedBytes, int waitingCreates) {
    return new ObjectUsage(CAPACITY, usedBytes, 1, usedBytes, 0, waitingCreates, 0, 0, 0, 0, 0);
  }
}
