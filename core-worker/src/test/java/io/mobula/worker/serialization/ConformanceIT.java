package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table in JVMs of their own: a driver's without flags, a worker's with them, and between. */
@Timeout(120)
final class ConformanceIT {
  private static final List<String> WORKER_FLAGS =
      List.of(
          "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  @TempDir Path folder;

  @Test
  void shouldNeedNoFlagAndPrintNoWarningWhenRunInADriver() throws Exception {
    assertPasses(List.of(), "both");
  }

  @Test
  void shouldUseNoUnsafeMemoryAccessWhenItIsDenied() throws Exception {
    assertPasses(
        List.of("--sun-misc-unsafe-memory-access=deny", "--illegal-native-access=deny"), "both");
  }

  @Test
  void shouldSpeakTheSameFormatWhenOneSideHasFlags() throws Exception {
    String toWorker = folder.resolve("to-worker").toString();
    assertPasses(List.of(), "write", toWorker);
    assertPasses(WORKER_FLAGS, "read", toWorker);
    String toDriver = folder.resolve("to-driver").toString();
    assertPasses(WORKER_FLAGS, "write", toDriver);
    assertPasses(List.of("--sun-misc-unsafe-memory-access=deny"), "read", toDriver);
  }

  private void assertPasses(List<String> flags, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ConformanceMain.class.getName());
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(err).isEmptyFile();
    assertThat(out).hasContent("passed " + ConformanceMain.samples().size());
  }
}
