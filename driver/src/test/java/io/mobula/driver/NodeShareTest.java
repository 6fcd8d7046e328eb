package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.HostCapacity;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NodeShareTest {
  private static final HostCapacity HOST = new HostCapacity(4, 1_000);

  @Test
  void shouldSayNothingWhenANodeIsAlone() {
    assertThat(NodeShare.settings(1, HOST)).isEmpty();
  }

  @Test
  void shouldAddUpToTheMachineWhenNodesShareIt() {
    assertThat(NodeShare.settings(2, HOST))
        .isEqualTo(Map.of("raylet.num-cpus", "2", "raylet.memory", "350"));
    assertThat(NodeShare.settings(8, HOST)).containsEntry("raylet.num-cpus", "1");
  }
}
