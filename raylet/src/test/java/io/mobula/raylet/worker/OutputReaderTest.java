package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.lease.LeaseKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputReaderTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void shouldSplitLinesAndKeepAll(@TempDir Path folder) throws IOException {
    String text = "first\r\nzweite Zeile: äöü\n\nlast without end";
    Path file = folder.resolve("out");
    OutputReader reader = read(text, file);
    assertThat(lines).containsExactly("first", "zweite Zeile: äöü", "", "last without end");
    assertThat(Files.readString(file)).isEqualTo(text);
    assertThat(reader.lastLines()).hasSize(4);
  }

  @Test
  void shouldCutLinesThatAreTooLong(@TempDir Path folder) {
    read("x".repeat(OutputReader.LINE_BYTES_MAX + 5), folder.resolve("out"));
    assertThat(lines).hasSize(2);
  }

  @Test
  void shouldReadOnWhenFileCannotBeWritten(@TempDir Path folder) {
    read("line\n", folder.resolve("missing/out"));
    assertThat(lines).containsExactly("line");
  }

  @Test
  void shouldDropAndCountLinesWhenNobodyTakesThem() {
    OutputBuffer buffer =
        new OutputBuffer(new WorkerStart(1, 1, LeaseKind.SHARED, "task", 1), 9, false);
    assertThat(buffer.add("first")).isTrue();
    for (int i = 0; i < OutputBuffer.LINES_MAX; i++) {
      assertThat(buffer.add("more")).isFalse();
    }
    assertThat(buffer.takeDropped()).isEqualTo(1);
    int count = 0;
    for (List<String> batch = buffer.take(); !batch.isEmpty(); batch = buffer.take()) {
      count += batch.size();
    }
    assertThat(count).isEqualTo(OutputBuffer.LINES_MAX);
    assertThat(buffer.rest()).isFalse();
    assertThat(buffer.add("again")).isTrue();
  }

  private OutputReader read(String text, Path file) {
    OutputReader reader =
        new OutputReader(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), file, lines::add);
    reader.run();
    return reader;
  }
}
