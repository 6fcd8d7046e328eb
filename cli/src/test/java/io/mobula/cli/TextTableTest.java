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

  @Test
  void shouldKeepARowInOneLineWhateverItsCellsHold() {
    TextTable table = new TextTable("name", "pid");
    table.add("java\n-jar\tapp.jar\u001b[2J", "7");
    assertThat(table.toString().lines()).hasSize(2).last().isEqualTo("java -jar app.jar [2J  7");
  }

  @Test
  void shouldNotKeepTheArrayThatItWasGiven() {
    TextTable table = new TextTable("a");
    String[] cells = {"first"};
    table.add(cells);
    cells[0] = "second";
    assertThat(table).hasToString("a\nfirst\n");
  }
}
