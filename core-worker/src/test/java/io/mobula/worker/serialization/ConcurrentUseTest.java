package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One codec serves many threads at once. */
@Timeout(120)
final class ConcurrentUseTest {
  private static final int THREADS = 64;
  private static final int ROUNDS = 20;

  private final ValueCodec codec = new ValueCodec(ConcurrentUseTest.class.getClassLoader());

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldKeepValuesApartWhenManyThreadsUseIt(boolean isVirtual) throws Exception {
    try (ExecutorService threads =
        isVirtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(8)) {
      List<Future<List<String>>> outcomes = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread;
        outcomes.add(threads.submit(() -> failures(first)));
      }
      for (Future<List<String>> outcome : outcomes) {
        assertThat(outcome.get()).isEmpty();
      }
    }
  }

  /** With values of its own: Java's serialization of a calendar changes its zone meanwhile. */
  private List<String> failures(int first) {
    List<Sample> samples = ConformanceMain.samples();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      Sample sample = samples.get((first * 31 + i * 7) % samples.size());
      Encoding encoded = codec.encode(sample.value(), ConformanceMain.NoSink.INSTANCE);
      Object copy =
          codec.decode(encoded.kind().number(), encoded.toByteArray(), new NoReferences());
      if (!sample.passes(copy)) {
        failures.add(sample + " arrived as " + copy);
      }
    }
    return failures;
  }
}
