package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process wrote can be read, however it ends; with real processes. */
final class WorkerProcessTest {
  /** Less than a pipe holds, so that the process need not wait for a reader. */
  private static final int BYTES = 60_000;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldKeepWhatWasNotReadWhenItIsEnded(boolean atOnce) throws Exception {
    WorkerProcess process =
        start("head -c 60000 /dev/zero; head -c 60000 /dev/zero >&2; exec sleep 100");
    awaitWritten(process);
    if (atOnce) {
      process.kill();
    } else {
      process.terminate();
    }
    assertThat(process.awaitExit()).isEqualTo(128 + (atOnce ? 9 : 15));
    assertThat(process.out().readAllBytes()).hasSize(BYTES);
    assertThat(process.err().readAllBytes()).hasSize(BYTES);
  }

  @Test
  void shouldKeepWhatWasNotReadWhenItEndsByItself() throws Exception {
    WorkerProcess process = start("head -c 60000 /dev/zero; exit 3");
    assertThat(process.awaitExit()).isEqualTo(3);
    assertThat(process.out().readAllBytes()).hasSize(BYTES);
    assertThat(process.err().readAllBytes()).isEmpty();
  }

  private static WorkerProcess start(String script) throws IOException {
    return WorkerProcess.start(new ProcessBuilder("sh", "-c", script));
  }

  private static void awaitWritten(WorkerProcess process) {
    Awaitility.await()
        .until(() -> process.out().available() >= BYTES && process.err().available() >= BYTES);
  }
}
