package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.Session;
import io.mobula.testkit.programs.Delegates;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks on one CPU that wait for tasks, not in get but through a future or another thread. */
final class DelegatedWaitIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Session session;

  @BeforeAll
  static void open() {
    session = Mobula.init(o -> o.numCpus(1).objectStoreBytes(64L << 20));
  }

  @AfterAll
  static void close() {
    session.close();
  }

  @ParameterizedTest
  @EnumSource(Delegates.Way.class)
  void shouldNotDeadlockWhenTasksWaitThroughSomebodyElse(Delegates.Way way) {
    assertThat(Delegates.DEEP.remote(way, 3).get(PATIENCE)).isEqualTo(3);
    Deadline.in(PATIENCE)
        .await(
            () -> "the CPU is free again: " + Mobula.availableResources(),
            () -> Mobula.availableResources().equals(Mobula.clusterResources()));
  }
}
