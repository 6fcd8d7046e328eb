package io.mobula.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PropertiesFileTest {
  @TempDir private Path folder;

  @Test
  void shouldReadBackWhatItWroteWhenReplaced() throws IOException {
    Path file = folder.resolve("gcs.properties");
    PropertiesFile.write(file, Map.of("address", "a:1"));
    PropertiesFile.write(file, Map.of("address", "[::1]:6379", "pid", "12"));
    assertThat(PropertiesFile.read(file)).isEqualTo(Map.of("address", "[::1]:6379", "pid", "12"));
    assertThat(folder).isDirectoryNotContaining("glob:**.draft-*");
  }
}
