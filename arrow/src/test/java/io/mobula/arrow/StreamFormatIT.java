package io.mobula.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What is written is Arrow's stream format: its own reader reads it, and what its writer writes is
 * read here. In a JVM of its own, for they need a flag.
 */
final class StreamFormatIT {
  @Test
  void shouldBeReadByArrowsOwnReaderAndTheOtherWayRoundWhenWritten()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                StreamFormatProgram.class.getName())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).endsWith("same\n");
    assertThat(process.exitValue()).isZero();
  }
}
