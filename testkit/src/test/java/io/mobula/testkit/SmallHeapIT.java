package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.Mobula;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import io.mobula.api.WorkerDiedException;
import io.mobula.testkit.programs.Mischief;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Workers whose heap is too small for what they are given. */
final class SmallHeapIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static TestCluster cluster;
  private static Session session;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.start(
            SmallHeapIT.class,
            List.of(
                "raylet.num-cpus=1", "raylet.object-store-memory=256m", "raylet.worker-heap=64m"));
    session = Mobula.init(cluster.asDriver());
  }

  @AfterAll
  static void stop() {
    session.close();
    cluster.close();
  }

  @Test
  void shouldFailTheTaskWhenItsArgumentIsLargerThanTheHeap() {
    TaskException thrown =
        catchThrowableOfType(
            TaskException.class, () -> Mischief.LENGTH.remote(new byte[128 << 20]).get(PATIENCE));
    assertThat(thrown.getCause())
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("its arguments could not be decoded");
    assertThat(Mischief.LENGTH.remote(new byte[10]).get(PATIENCE)).isEqualTo(10);
  }

  @Test
  void shouldEndAWorkerWhoseHeapIsFullAndSaySo() {
    assertThat(
            catchThrowableOfType(
                WorkerDiedException.class,
                () -> Mischief.HOARD.options(o -> o.maxRetries(0)).remote().get(PATIENCE)))
        .hasMessageContaining("worker out of heap");
    assertThat(Mischief.LENGTH.remote(new byte[10]).get(PATIENCE)).isEqualTo(10);
  }
}
