package io.mobula.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories of references against an onlooker who knows them all; see {@link
 * OwnershipHistory} and {@link OwnershipOracle}.
 *
 * <p>{@code -Dmobula.histories=1000000} plays so many, {@code -Dmobula.histories.seed=…} one.
 */
final class OwnershipHistoryTest {
  private static final int HISTORIES = 5_000;

  @Test
  @Timeout(36_000)
  void shouldFreeWhatNobodyRefersToAndOnlyThat() {
    Long seed = Long.getLong("mobula.histories.seed");
    long first = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
    int count = seed == null ? Integer.getInteger("mobula.histories", HISTORIES) : 1;
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
