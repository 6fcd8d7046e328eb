package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class TextTableTest {
  @Test
  void shouldMakeColumnsAsWideAsTheirWidestCell() {
    TextTable table = new TextTable("a", "long title", "c");
    table.add("a cell", "x", "1");
    table.add("b", "yy", "22");
    assertThat(table)
        .hasToString(
            """
            a       long title  c
            a cell  x           1
            b       yy          22
            """);
  }

  @Test
  void shouldLeaveOutColumnsThatSayNothing() {
    TextTable table = new TextTable("a", "b", "c");
    table.add("1", "", "3");
    table.add("2", "", "");
    assertThat(table).hasToString("a  c\n1  3\n2\n");
  }

  @Test
  void shouldHaveItsTitlesAloneWhenThereAreNoRows() {
    // No column has content; then there is nothing to show, not even titles.
    assertThat(new TextTable("a", "b").toString()).isBlank();
  }

  @Test
  void shouldRefuseRowsOfAnotherLength() {
    TextTable table = new TextTable("a", "b");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.add("1"))
        .withMessage("row of another length: cells=1");
  }
}
