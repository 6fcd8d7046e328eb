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

  @Test
  void shouldShowOfANodeItsStoreAndWhatLiesThereWhoeverOwnsIt() {
    ClusterMemory.Totals store = new ClusterMemory.Totals(7, 5, 2, 5, 0, 0, 0, 0, 1, 0, 0, 0);
    ClusterMemory.Item here =
        new ClusterMemory.Item(
            "1.1.1",
            5,
            "1.1",
            "stored",
            "",
            "",
            List.of(
                new ClusterMemory.Copy(2, "primary", true, "", List.of()),
                new ClusterMemory.Copy(2, "spilled", false, "", List.of())),
            List.of());
    ClusterMemory memory =
        new ClusterMemory(
            NOTHING,
            List.of(
                new ClusterMemory.Node(1, "one", "", NOTHING, List.of()),
                new ClusterMemory.Node(2, "two", "", store, List.of())),
            List.of(),
            List.of(here, item("2.1.1", 1, "2.1"), item("1.1.2", 9, "1.1")),
            true);
    ClusterMemory shown = MemorySelection.ofNode(memory, 2);
    assertThat(shown.totals()).isEqualTo(store);
    assertThat(shown.nodes()).extracting(ClusterMemory.Node::host).containsExactly("two");
    assertThat(shown.objects())
        .extracting(ClusterMemory.Item::id)
        .containsExactly("1.1.1", "2.1.1");
    assertThat(shown.isTruncated()).isTrue();
    assertThat(MemorySelection.nodes(here)).containsExactly("2");
  }

  private static ClusterMemory memory(ClusterMemory.Item... items) {
    return new ClusterMemory(NOTHING, List.of(), List.of(), List.of(items), false);
  }

  private static ClusterMemory.Item item(String id, long sizeBytes, String owner) {
    return new ClusterMemory.Item(id, sizeBytes, owner, "inline", "", "", List.of(), List.of());
  }
}
