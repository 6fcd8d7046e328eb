package io.mobula.raylet.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobOutputsTest {
  private static final int JOB = 3;
  private static final long DRIVER = 77;

  private final List<String> told = new ArrayList<>();
  private final JobOutputs outputs =
      new JobOutputs(
          (job, listener, isCut) -> told.add(job + " to " + listener + (isCut ? ", cut" : "")));

  @Test
  void shouldTellAtOnceWhenJobHadNoWorkers() {
    outputs.jobEnded(JOB, DRIVER);
    assertThat(told).containsExactly("3 to 77");
    assertThat(outputs.isEmpty()).isTrue();
  }

  @Test
  void shouldTellWhenJobAndAllItsOutputsHaveEnded() {
    outputs.opened(1, JOB, DRIVER);
    outputs.opened(2, JOB, DRIVER);
    outputs.ended(1, false);
    outputs.ended(1, false);
    outputs.jobEnded(JOB, DRIVER);
    outputs.ended(2, false);
    assertThat(told).isEmpty();
    assertThat(outputs.listener(2)).as("its last lines are still sent").isEqualTo(DRIVER);
    outputs.ended(2, false);
    assertThat(told).containsExactly("3 to 77");
    assertThat(outputs.isEmpty()).isTrue();
  }

  @Test
  void shouldNotTellOfRunningJobWhenItsWorkersAreGone() {
    outputs.opened(1, JOB, DRIVER);
    outputs.ended(1, false);
    outputs.ended(1, false);
    assertThat(outputs.isEmpty()).isTrue();
    assertThat(told).isEmpty();
    outputs.jobEnded(JOB, DRIVER);
    assertThat(told).containsExactly("3 to 77");
  }

  @Test
  void shouldNotWaitForWorkerThatNeverStarted() {
    outputs.opened(1, JOB, DRIVER);
    outputs.jobEnded(JOB, DRIVER);
    outputs.neverOpened(1);
    assertThat(told).containsExactly("3 to 77");
  }

  @Test
  void shouldSayThatMoreMayComeWhenOneOutputWasCut() {
    outputs.opened(1, JOB, DRIVER);
    outputs.jobEnded(JOB, DRIVER);
    outputs.ended(1, true);
    outputs.ended(1, false);
    assertThat(told).containsExactly("3 to 77, cut");
  }

  @Test
  void shouldNotWaitForOtherJobs() {
    outputs.opened(1, 4, DRIVER);
    outputs.jobEnded(JOB, DRIVER);
    assertThat(told).containsExactly("3 to 77");
    assertThat(outputs.isEmpty()).isFalse();
  }

  @Test
  void shouldTellNobodyWhenNobodyListens() {
    outputs.opened(1, JOB, 0);
    assertThat(outputs.listener(1)).isZero();
    outputs.jobEnded(JOB, 0);
    outputs.ended(1, false);
    outputs.ended(1, false);
    assertThat(told).isEmpty();
    assertThat(outputs.isEmpty()).isTrue();
  }
}
