package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.driver.ClusterMemory;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** The words after {@code --sort} and {@code --group-by}, and what they do. */
final class MemoryOrderTest {
  private static final ClusterMemory.Item SMALL =
      item("1.1.1", 10, "1.1", "inline", "", "A.main(A.java:1)", 3);
  private static final ClusterMemory.Item LARGE =
      item("1.2.1", 900, "1.2", "stored", "train", "", 1, 2, 1);
  private static final ClusterMemory.Item MIDDLE =
      item("1.1.2", 70, "1.10", "spilled", "", "B.main(B.java:9)", 2, 2);

  @Test
  void shouldPutTheLargestFirst() {
    assertThat(sorted(MemoryOrder.SIZE)).containsExactly(LARGE, MIDDLE, SMALL);
  }

  @Test
  void shouldPutObjectsOfOneOwnerTogether() {
    ClusterMemory.Item other = item("1.1.9", 1, "1.1", "inline", "", "", 0);
    List<ClusterMemory.Item> items = Arrays.asList(SMALL, LARGE, other, MIDDLE);
    items.sort(MemoryOrder.OWNER.comparator());
    assertThat(items.subList(0, 2)).containsExactly(SMALL, other);
  }

  @Test
  void shouldPutWhatIsReferredToMostFirst() {
    assertThat(sorted(MemoryOrder.REFERENCES)).first().isEqualTo(SMALL);
    assertThat(sorted(MemoryOrder.REFERENCES)).last().isEqualTo(LARGE);
  }

  @Test
  void shouldPutTogetherWhatOneLineMade() {
    ClusterMemory.Item same = item("1.3.3", 5, "1.3", "inline", "", "A.main(A.java:1)", 0);
    List<ClusterMemory.Item> items = Arrays.asList(SMALL, MIDDLE, LARGE, same);
    items.sort(MemoryOrder.CALL_SITE.comparator());
    assertThat(Math.abs(items.indexOf(SMALL) - items.indexOf(same))).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepEverythingInEachOrder(MemoryOrder order) {
    assertThat(sorted(order)).containsExactlyInAnyOrder(SMALL, MIDDLE, LARGE);
    assertThat(order.comparator().compare(SMALL, SMALL)).isZero();
  }

  @Test
  void shouldTakeTheWordsThatTheHelpNames() {
    MemoryOrder.Parser parser = new MemoryOrder.Parser();
    assertThat(new MemoryOrder.Names()).containsExactly("size", "owner", "call-site", "references");
    assertThat(new MemoryOrder.Names())
        .extracting(parser::convert)
        .containsExactly(MemoryOrder.values());
    MemoryGroup.Parser groups = new MemoryGroup.Parser();
    assertThat(new MemoryGroup.Names())
        .extracting(groups::convert)
        .containsExactly(MemoryGroup.values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SIZE", "call_site", "sizes", " size"})
  void shouldNameTheWordsWhenOneIsUnknown(String word) {
    assertThatThrownBy(() -> new MemoryOrder.Parser().convert(word))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + word + "' is none of size, owner, call-site, references");
    assertThatThrownBy(() -> new MemoryGroup.Parser().convert(word))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + word + "' is none of call-site, owner, state, node");
  }

  @Test
  void shouldCountAnObjectForEachNodeWithACopyAndElseForItsOwners() {
    assertThat(MemoryGroup.NODE.keys(LARGE)).containsExactlyInAnyOrder("1", "2");
    ClusterMemory.Item inline = item("4.1.1", 1, "4.1", "inline", "", "", 1);
    assertThat(MemoryGroup.NODE.keys(inline)).containsExactly("4");
  }

  @Test
  void shouldGroupByWhatTheObjectSaysOfItself() {
    assertThat(MemoryGroup.OWNER.keys(MIDDLE)).containsExactly("1.10");
    assertThat(MemoryGroup.STATE.keys(MIDDLE)).containsExactly("spilled");
    assertThat(MemoryGroup.CALL_SITE.keys(MIDDLE)).containsExactly(MemorySums.origin(MIDDLE));
    assertThat(MemoryGroup.values()).extracting(MemoryGroup::title).doesNotContain("");
  }

  private static List<ClusterMemory.Item> sorted(MemoryOrder order) {
    List<ClusterMemory.Item> items = Arrays.asList(SMALL, LARGE, MIDDLE);
    items.sort(order.comparator());
    return items;
  }

  /** With copies on these nodes. */
  private static ClusterMemory.Item item(
      String id,
      long sizeBytes,
      String owner,
      String state,
      String task,
      String callSite,
      int references,
      Integer... nodes) {
    return new ClusterMemory.Item(
        id,
        sizeBytes,
        owner,
        state,
        task,
        callSite,
        Arrays.stream(nodes)
            .map(node -> new ClusterMemory.Copy(node, "primary", true, "", List.of()))
            .toList(),
        Collections.nCopies(
            references,
            new ClusterMemory.Reference(
                owner, true, state, true, false, 0, 0, 0, List.of(), 0, List.of(), 0)));
  }
}
