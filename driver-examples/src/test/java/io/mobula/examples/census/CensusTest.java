package io.mobula.examples.census;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CensusTest {
  private static final Census SMALL =
      new Census(
          Map.of("one", new Totals(1, 10, 2, 3, 4, 5, 6, 7)),
          Map.of("dup", 3L, "pop", 1L),
          Map.of("A.a", 2L));
  private static final Census OTHER =
      new Census(
          Map.of(
              "one", new Totals(1, 1, 1, 1, 1, 1, 1, 1), "two", new Totals(9, 9, 9, 9, 9, 9, 9, 9)),
          Map.of("dup", 1L),
          Map.of("A.a", 1L, "B.b", 5L));

  @Test
  void shouldAddUpEveryNumberWhenMerged() {
    Census merged = Census.merge(List.of(SMALL, OTHER));
    assertThat(merged.modules().get("one")).isEqualTo(new Totals(2, 11, 3, 4, 5, 6, 7, 8));
    assertThat(merged.opcodes()).isEqualTo(Map.of("dup", 4L, "pop", 1L));
    assertThat(merged.calls()).isEqualTo(Map.of("A.a", 3L, "B.b", 5L));
    assertThat(merged.total()).isEqualTo(new Totals(11, 20, 12, 13, 14, 15, 16, 17));
    assertThat(merged.rankedModules()).extracting(Map.Entry::getKey).containsExactly("two", "one");
  }

  @Test
  void shouldRankByCountThenNameWhenAskedForTheTop() {
    assertThat(Census.top(Map.of("c", 1L, "b", 2L, "a", 2L), 2))
        .extracting(Map.Entry::getKey)
        .containsExactly("a", "b");
  }

  @Test
  void shouldNameWhatDiffersWhenCompared() {
    assertThat(SMALL.differences(SMALL)).isEmpty();
    assertThat(SMALL.differences(OTHER))
        .hasSize(6)
        .contains("instruction dup: 3 and not 1", "calls of B.b: null and not 5");
  }

  @Test
  void shouldCountChunksByNodeWhenPartsAreMerged() {
    Part merged =
        Part.merge(
            List.of(
                new Part(SMALL, Map.of("n1", 1)), Part.EMPTY, new Part(OTHER, Map.of("n1", 2))));
    assertThat(merged.chunksByNode()).isEqualTo(Map.of("n1", 3));
    assertThat(merged.census()).isEqualTo(Census.merge(List.of(SMALL, OTHER)));
  }
}
