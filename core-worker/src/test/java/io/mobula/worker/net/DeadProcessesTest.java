package io.mobula.worker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import org.junit.jupiter.api.Test;

final class DeadProcessesTest {
  private final DeadProcesses dead = new DeadProcesses();

  @Test
  void shouldKnowTheProcessesOfANodeWhenTheNodeDied() {
    dead.add(ProcessAddress.of(3, 0));
    assertThat(dead.contains(ProcessAddress.of(3, 7))).isTrue();
    assertThat(dead.contains(ProcessAddress.of(3, 0))).isTrue();
    assertThat(dead.contains(ProcessAddress.of(4, 7))).isFalse();
    assertThat(dead.contains(ProcessAddress.GCS)).isFalse();
  }

  @Test
  void shouldForgetTheFirstWhenThereAreTooMany() {
    for (int i = 1; i <= DeadProcesses.REMEMBERED_MAX + 1; i++) {
      dead.add(ProcessAddress.of(5, i));
    }
    assertThat(dead.contains(ProcessAddress.of(5, 1))).isFalse();
    assertThat(dead.contains(ProcessAddress.of(5, 2))).isTrue();
  }
}
