package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ClusterConnectionException;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.worker.failure.Failures;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OpenWaitsTest {
  private static final Failure REASON = Failures.of(FailureKind.CLUSTER_LOST, "on purpose");

  private final OpenWaits waits = new OpenWaits();
  private final List<Failure> ended = new ArrayList<>();

  @Test
  void shouldEndAllOthersWhenSomeThrow() {
    for (int i = 0; i < 100; i++) {
      if (i % 10 == 0) {
        waits.add(new Throwing(Integer.MAX_VALUE));
      }
      waits.add(new Recording());
    }
    waits.endAll(REASON);
    assertThat(ended).hasSizeGreaterThanOrEqualTo(100);
  }

  @Test
  void shouldEndWaitThatLackedMemoryWhenOthersHaveEnded() {
    Throwing once = new Throwing(1);
    waits.add(once);
    waits.endAll(REASON);
    assertThat(once.isEnded).isTrue();
  }

  @Test
  void shouldTellFirstReasonWhenEndedBeforeValue() {
    Rendezvous<String> wait = new Rendezvous<>();
    waits.add(wait);
    waits.endAll(REASON);
    waits.endAll(Failures.of(FailureKind.SESSION_CLOSED, "another"));
    assertThat(wait.complete("late")).isFalse();
    assertThatThrownBy(wait::await)
        .isInstanceOf(ClusterConnectionException.class)
        .hasMessageContaining("on purpose");
    assertThat(wait.abandon()).isNull();
  }

  private final class Recording implements OpenWaits.Wait {
    @Override
    public void end(Failure reason) {
      ended.add(reason);
    }
  }

  private static final class Throwing implements OpenWaits.Wait {
    private int rest;
    private boolean isEnded;

    Throwing(int times) {
      rest = times;
    }

    @Override
    public void end(Failure reason) {
      if (rest-- > 0) {
        throw new OutOfMemoryError("on purpose");
      }
      isEnded = true;
    }
  }
}
