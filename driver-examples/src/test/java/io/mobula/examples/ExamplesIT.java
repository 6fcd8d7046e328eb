package io.mobula.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small programs print what their texts say, and leave nothing behind. */
final class ExamplesIT {
  @TempDir private Path folder;

  @Test
  void shouldPrintSquaresWhenHelloRuns() throws Exception {
    assertThat(Program.run(folder, Hello.class))
        .isEqualTo(new Program("[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]\n", 0));
  }

  @Test
  void shouldPrintCountsWhenTasksTellAnActor() throws Exception {
    assertThat(Program.run(folder, WordCount.class))
        .isEqualTo(new Program("{and=2, current=2, jelly=2, moon=2, no=2, the=4}\n", 0));
  }

  @Test
  void shouldPrintABillWhenStubsAreUsed() throws Exception {
    assertThat(Program.run(folder, Prices.class))
        .isEqualTo(new Program("Ada pays 1080 cents\n", 0));
  }
}
