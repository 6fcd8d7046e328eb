package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.OutputEnded;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OutputEndsTest {
  private static final long OWN = 1;
  private static final OutputEnded ALONE = OutputEnded.getDefaultInstance();

  private final OutputEnds ends = new OutputEnds();

  @Test
  void shouldBeOverWhenOnlyNodeHasEnded() {
    ends.ended(OWN, ALONE, OWN);
    assertThat(ends.await(Duration.ZERO, OWN)).isEmpty();
  }

  @Test
  void shouldAwaitNodesThatOwnRayletNames() {
    ends.ended(OWN, naming(2, 3), OWN);
    ends.ended(3, ALONE, OWN);
    assertThat(ends.await(Duration.ZERO, OWN)).containsExactly(2L);
    ends.ended(2, ALONE, OWN);
    assertThat(ends.await(Duration.ZERO, OWN)).isEmpty();
  }

  @Test
  void shouldCountNodesThatEndedBeforeOwnRayletNamedThem() {
    ends.ended(2, ALONE, OWN);
    assertThat(ends.await(Duration.ZERO, OWN)).containsExactly(OWN);
    ends.ended(OWN, naming(2), OWN);
    assertThat(ends.await(Duration.ZERO, OWN)).isEmpty();
  }

  @Test
  void shouldNameNodeWhenMoreMayComeFromIt() {
    ends.ended(OWN, naming(2), OWN);
    ends.ended(2, OutputEnded.newBuilder().setIncomplete(true).build(), OWN);
    assertThat(ends.await(Duration.ZERO, OWN)).containsExactly(2L);
  }

  @Test
  void shouldNotWaitWhenClusterIsLost() {
    ends.ended(2, ALONE, OWN);
    ends.lost();
    assertThat(ends.await(Duration.ofDays(1), OWN)).isEmpty();
  }

  @Test
  void shouldHearOfTheEndAndStayInterruptedWhenInterrupted() {
    ends.ended(OWN, ALONE, OWN);
    Thread.currentThread().interrupt();
    assertThat(ends.await(Duration.ofDays(1), OWN)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static OutputEnded naming(long... others) {
    OutputEnded.Builder end = OutputEnded.newBuilder();
    for (long other : others) {
      end.addOthers(other);
    }
    return end.build();
  }
}
