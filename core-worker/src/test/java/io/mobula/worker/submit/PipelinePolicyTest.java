package io.mobula.worker.submit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How deep a lease's pipeline is. */
final class PipelinePolicyTest {
  @Test
  void shouldPushOneWhenNothingHasRunYet() {
    assertThat(PipelinePolicy.depth(PipelinePolicy.UNKNOWN)).isEqualTo(1);
  }

  @Test
  void shouldPushTheMostWhenTasksTakeNoTime() {
    assertThat(PipelinePolicy.depth(0)).isEqualTo(PipelinePolicy.DEPTH_MAX);
    assertThat(PipelinePolicy.depth(1_000)).isEqualTo(PipelinePolicy.DEPTH_MAX);
  }

  @Test
  void shouldPushOneWhenATaskTakesLongerThanMayQueue() {
    assertThat(PipelinePolicy.depth(PipelinePolicy.QUEUED_NANOS_MAX)).isEqualTo(1);
    assertThat(PipelinePolicy.depth(Long.MAX_VALUE)).isEqualTo(1);
  }

  @Test
  void shouldFillTheQueueTimeWhenTasksAreInBetween() {
    assertThat(PipelinePolicy.depth(PipelinePolicy.QUEUED_NANOS_MAX / 10)).isEqualTo(10);
  }

  @Test
  void shouldTakeTheFirstRunAsTypical() {
    assertThat(PipelinePolicy.observe(PipelinePolicy.UNKNOWN, 777)).isEqualTo(777);
  }

  @Test
  void shouldJumpUpAtOnceWhenATaskIsSlow() {
    assertThat(PipelinePolicy.observe(1_000, 4_001)).isEqualTo(4_001);
  }

  @Test
  void shouldComeDownSlowlyWhenTasksAreFastAgain() {
    long typical = 8_000_000;
    int steps = 0;
    while (PipelinePolicy.depth(typical) < 100) {
      typical = PipelinePolicy.observe(typical, 1_000);
      steps++;
    }
    assertThat(steps).isBetween(10, 60);
  }
}
