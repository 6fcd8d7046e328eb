package io.mobula.worker.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.worker.history.LeaseHistory.Faults;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * However leases end, no task is lost, none runs more often than it may, and nobody fails for a
 * neighbour's sake; see {@link LeaseHistory}.
 *
 * <p>A build plays the same histories each time; a campaign says {@code
 * -Dmobula.histories=1000000}, and {@code -Dmobula.histories.seed=…} plays one.
 */
final class LeaseHistoryTest {
  private static final int HISTORIES = 1_000;

  @ParameterizedTest
  @EnumSource(Faults.class)
  @Timeout(36_000)
  void shouldGiveEachTaskOneOutcomeHoweverLeasesEnd(Faults faults) {
    Long seed = Long.getLong("mobula.histories.seed");
    Integer campaign = Integer.getInteger("mobula.histories");
    long first =
        seed != null ? seed : campaign == null ? 1 : ThreadLocalRandom.current().nextLong();
    int count = seed != null ? 1 : campaign == null ? HISTORIES : campaign;
    for (int i = 0; i < count; i++) {
      LeaseHistory.play(first + i, faults);
    }
    assertThat(count).isPositive();
  }
}
