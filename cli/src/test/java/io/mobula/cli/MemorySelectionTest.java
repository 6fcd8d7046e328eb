package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which objects are shown. */
final class MemorySelectionTest {
  private static final ClusterMemory.Totals NOTHING =
      new ClusterMemory.Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  @Test
  void shouldShowTheLargestWhateverTheOrderTheyCameIn() {
    ClusterMemory memory = memory(item("a", 1, "1.1"), item("b", 3, "1.1"), item("c", 2, "1.1"));
    ClusterMemory shown = MemorySelection.first(memory, MemoryOrder.SIZE, 2);
    assertThat(shown.objects()).extracting(ClusterMemory.Item::id).containsExactly("b", "c");
    assertThat(shown.isTruncated()).isTrue();
  }

  @Test
  void shouldOrderTheLargestAndNotChooseByTheOrder() {
    ClusterMemory memory = memory(item("a", 1, "1.1"), item("b", 3, "1.3"), item("c", 2, "1.2"));
    ClusterMemory shown = MemorySelection.first(memory, MemoryOrder.OWNER, 2);
    assertThat(shown.objects()).extracting(ClusterMemory.Item::id).containsExactly("c", "b");
  }

  @Test
  void shouldNotSayThatItIsCutWhenAllIsShown() {
    ClusterMemory memory = memory(item("a", 1, "1.1"), item("b", 3, "1.1"));
    assertThat(MemorySelection.first(memory, MemoryOrder.SIZE, 2).isTruncated()).isFalse();
    assertThat(MemorySelection.first(memory, MemoryOrder.SIZE, 0).isTruncated()).isTrue();
  }

  @Test
  void shouldFindAnObjectWithoutCopiesOnTheNodeOfItsOwner() {
    ClusterMemory memory = memory(item("a", 1, "1.1"), item("b", 3, "12.1"));
    assertThat(MemorySelection.ofNode(memory, 1).objects())
        .extracting(ClusterMemory.Item::id)
        .containsExactly("a");
  }

  private static ClusterMemory memory(ClusterMemory.Item... items) {
    return new ClusterMemory(NOTHING, List.of(), List.of(), List.of(items), false);
  }

  private static ClusterMemory.Item item(String id, long sizeBytes, String owner) {
    return new ClusterMemory.Item(id, sizeBytes, owner, "inline", "", "", List.of(), List.of());
  }
}
