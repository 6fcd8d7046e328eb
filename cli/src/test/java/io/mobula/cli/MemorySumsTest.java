package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemorySumsTest {
  private static final ClusterMemory.Totals NOTHING =
      new ClusterMemory.Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  @Test
  void shouldSumByOriginAndPutTheLargestFirst() {
    ClusterMemory memory =
        memory(
            item("1", 10, "1.1", "stored", "A.a(A.java:1)", List.of()),
            item("2", 50, "1.2", "stored", "B.b(B.java:2)", List.of()),
            item("3", 20, "1.1", "inline", "A.a(A.java:1)", List.of()));
    assertThat(MemorySums.of(memory, MemoryGroup.CALL_SITE, 10).groups())
        .containsExactly(
            new MemorySums.Group("B.b(B.java:2)", 1, 50, 0),
            new MemorySums.Group("A.a(A.java:1)", 2, 30, 0));
    assertThat(MemorySums.of(memory, MemoryGroup.STATE, 10).groups())
        .containsExactly(
            new MemorySums.Group("stored", 2, 60, 0), new MemorySums.Group("inline", 1, 20, 0));
  }

  @Test
  void shouldCountAnObjectForEachNodeThatHasIt() {
    ClusterMemory memory =
        memory(
            item("1", 10, "1.1", "stored", "", List.of(copy(1, List.of()), copy(2, List.of()))),
            item("2", 5, "3.1", "inline", "", List.of()));
    assertThat(MemorySums.of(memory, MemoryGroup.NODE, 10).groups())
        .extracting(MemorySums.Group::name, MemorySums.Group::sizeBytes)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("1", 10L),
            org.assertj.core.groups.Tuple.tuple("2", 10L),
            org.assertj.core.groups.Tuple.tuple("3", 5L));
  }

  @Test
  void shouldCountWhatIsRead() {
    ClusterMemory memory =
        memory(
            item("1", 10, "1.1", "stored", "", List.of(copy(1, List.of("1.3")))),
            item("2", 10, "1.1", "stored", "", List.of(copy(1, List.of()))));
    assertThat(MemorySums.of(memory, MemoryGroup.OWNER, 10).groups())
        .containsExactly(new MemorySums.Group("1.1", 2, 20, 1));
  }

  @Test
  void shouldSayThatThereAreMoreWhenGroupsOrObjectsAreLeftOut() {
    ClusterMemory memory =
        memory(
            item("1", 10, "1.1", "stored", "", List.of()),
            item("2", 5, "1.2", "stored", "", List.of()));
    assertThat(MemorySums.of(memory, MemoryGroup.OWNER, 2).isTruncated()).isFalse();
    assertThat(MemorySums.of(memory, MemoryGroup.OWNER, 1).isTruncated()).isTrue();
    ClusterMemory cut = new ClusterMemory(NOTHING, List.of(), List.of(), memory.objects(), true);
    assertThat(MemorySums.of(cut, MemoryGroup.OWNER, 10).isTruncated()).isTrue();
  }

  private static ClusterMemory memory(ClusterMemory.Item... items) {
    return new ClusterMemory(NOTHING, List.of(), List.of(), List.of(items), false);
  }

  private static ClusterMemory.Copy copy(int node, List<String> readers) {
    return new ClusterMemory.Copy(node, "primary", true, "1.1", readers);
  }

  private static ClusterMemory.Item item(
      String id,
      long sizeBytes,
      String owner,
      String state,
      String callSite,
      List<ClusterMemory.Copy> copies) {
    return new ClusterMemory.Item(id, sizeBytes, owner, state, "", callSite, copies, List.of());
  }
}
