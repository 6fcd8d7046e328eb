package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories of one node, each checked step by step against {@link ObjectOracle}. */
final class ObjectHistoryTest {
  private static final int SEEDS = 150;
  private static final int STEPS = 1_500;

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldNeitherReuseLiveMemoryNorLeakNorForgetWhenAnythingHappens(long seed) {
    ObjectHistory history = new ObjectHistory(seed);
    for (int step = 0; step < STEPS; step++) {
      history.step();
    }
    history.end();
    assertThat(history.usage().usedBytes()).as("seed %d", seed).isZero();
    assertThat(history.usage().pulls()).as("seed %d", seed).isZero();
    assertThat(history.usage().pullBytesInFlight()).as("seed %d", seed).isZero();
    assertThat(history.usage().waitingCreates()).as("seed %d", seed).isZero();
    assertThat(history.usage().spilledObjects()).as("seed %d", seed).isZero();
    assertThat(history.usage().spillFileBytes()).as("seed %d", seed).isZero();
    history.oracle().assertQuiet();
  }
}
