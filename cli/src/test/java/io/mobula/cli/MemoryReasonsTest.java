package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterMemory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemoryReasonsTest {
  private static final Map<String, ClusterMemory.Process> PROCESSES =
      Map.of(
          "1.1",
          new ClusterMemory.Process("1.1", 1, "driver", 100, 1, "App", true, 2, 2, 21, 3, 1500));

  @Test
  void shouldNameTheProcessAloneWhenItSaysNoReason() {
    assertThat(text(reference(false, false, 0, 0, List.of(), 0, List.of(), 0, 0)))
        .isEqualTo("driver 1.1");
  }

  @Test
  void shouldNameAProcessThatIsNotKnownByItsId() {
    ClusterMemory.Reference unknown =
        new ClusterMemory.Reference(
            "9.9", false, "", true, false, 0, 0, 0, List.of(), 0, List.of(), 0);
    assertThat(text(unknown)).contains("9.9").contains("(reference)");
  }

  @Test
  void shouldCountInWordsOfOneAndOfMany() {
    assertThat(text(reference(false, false, 1, 1, List.of(), 0, List.of(), 0, 0)))
        .isEqualTo("driver 1.1 (argument of 1 task, lineage of 1 task)");
    assertThat(text(reference(false, false, 2, 3, List.of(), 0, List.of(), 0, 0)))
        .isEqualTo("driver 1.1 (argument of 2 tasks, lineage of 3 tasks)");
  }

  @Test
  void shouldGiveEachReasonInOrder() {
    assertThat(text(reference(true, true, 1, 0, List.of("1.1.2"), 1, List.of("1.3"), 1, 2)))
        .isEqualTo(
            "driver 1.1 (reference, task not ended, argument of 1 task, inside 1.1.2, lent to 1.3,"
                + " 2 on the way)");
  }

  @Test
  void shouldNameThreeAndCountTheOthers() {
    assertThat(
            text(
                reference(
                    false, false, 0, 0, List.of("1", "2", "3", "4"), 9, List.of("5", "6"), 4, 0)))
        .isEqualTo("driver 1.1 (inside 1 and 2 and 3 and 6 more, lent to 5 and 6 and 2 more)");
  }

  private static String text(ClusterMemory.Reference reference) {
    return MemoryReasons.of(reference, PROCESSES);
  }

  private static ClusterMemory.Reference reference(
      boolean hasHandle,
      boolean isTaskPending,
      int arguments,
      int lineage,
      List<String> enclosing,
      int enclosingCount,
      List<String> borrowers,
      int borrowerCount,
      int others) {
    return new ClusterMemory.Reference(
        "1.1",
        true,
        "stored",
        hasHandle,
        isTaskPending,
        arguments,
        lineage,
        borrowerCount,
        borrowers,
        enclosingCount,
        enclosing,
        others);
  }
}
