package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories of references against an onlooker who knows them all; see {@link
 * OwnershipHistory} and {@link OwnershipOracle}.
 *
 * <p>A build plays the same histories each time: what others find belongs to a campaign, which says
 * {@code -Dmobula.histories=1000000} and begins anywhere. {@code -Dmobula.histories.seed=…} plays
 * one.
 */
final class OwnershipHistoryTest {
  private static final int HISTORIES = 5_000;

  @Test
  @Timeout(36_000)
  void shouldFreeWhatNobodyRefersToAndOnlyThat() {
    Long seed = Long.getLong("mobula.histories.seed");
    Integer campaign = Integer.getInteger("mobula.histories");
    long first =
        seed != null ? seed : campaign == null ? 1 : ThreadLocalRandom.current().nextLong();
    int count = seed != null ? 1 : campaign == null ? HISTORIES : campaign;
    for (int i = 0; i < count; i++) {
      long next = first + i;
      try {
        OwnershipHistory.play(next);
      } catch (AssertionError e) {
        throw ShorterHistory.of(next, e);
      }
    }
    assertThat(count).isPositive();
  }
}
