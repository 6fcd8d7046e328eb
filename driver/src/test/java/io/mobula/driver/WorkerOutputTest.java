package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.LogLines;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WorkerOutputTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void shouldPrintEachLineWithItsOriginWhenClosed() {
    try (WorkerOutput output = new WorkerOutput(stream(out), stream(err))) {
      output.offer(lines("one", "two"));
      output.offer(lines("three").toBuilder().setIsStderr(true).build());
    }
    assertThat(text(out)).isEqualTo("(task pid=7 node=web) one\n(task pid=7 node=web) two\n");
    assertThat(text(err)).isEqualTo("(task pid=7 node=web) three\n");
  }

  @Test
  void shouldPrintAllThatWaitsWhenClosed() {
    int count = 50_000;
    try (WorkerOutput output = new WorkerOutput(stream(out), stream(err))) {
      IntStream.range(0, count).forEach(i -> output.offer(lines("line " + i)));
    }
    assertThat(text(out).lines().count()).isEqualTo(count);
    assertThat(text(err)).isEmpty();
  }

  @Test
  void shouldSayHowManyLinesTheNodeLeftOut() {
    try (WorkerOutput output = new WorkerOutput(stream(out), stream(err))) {
      output.offer(lines("one").toBuilder().setDroppedLines(5).build());
    }
    assertThat(text(err)).contains("5 lines left out");
  }

  @Test
  void shouldDropAndSaySoWhenTooMuchWaits() {
    Gate gate = new Gate();
    LogLines large = lines("x".repeat(1 << 20));
    try (WorkerOutput output = new WorkerOutput(stream(gate), stream(err))) {
      for (long bytes = 0; bytes <= WorkerOutput.WAITING_BYTES_MAX; bytes += 1 << 20) {
        output.offer(large);
      }
      gate.open.countDown();
    }
    assertThat(text(err)).contains("lines left out");
  }

  @Test
  void shouldEndAndSayWhatIsMissingWhenNobodyReadsOutput() {
    Gate gate = new Gate();
    WorkerOutput output = new WorkerOutput(stream(gate), stream(err), Duration.ofMillis(20));
    output.offer(lines("one", "two"));
    output.close();
    assertThat(text(err)).startsWith("2 lines of the workers' output were not shown");
    gate.open.countDown();
  }

  @Test
  void shouldPrintAllAndStayInterruptedWhenClosingThreadIsInterrupted() {
    int count = 50_000;
    WorkerOutput output = new WorkerOutput(stream(out), stream(err));
    IntStream.range(0, count).forEach(i -> output.offer(lines("line " + i)));
    Thread.currentThread().interrupt();
    output.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(text(out).lines().count()).isEqualTo(count);
  }

  @Test
  void shouldPrintNoteAfterWhatWasOffered() {
    try (WorkerOutput output = new WorkerOutput(stream(err), stream(err))) {
      output.offer(lines("one"));
      output.note("something is missing");
    }
    assertThat(text(err)).isEqualTo("(task pid=7 node=web) one\nsomething is missing\n");
  }

  private static LogLines lines(String... lines) {
    return LogLines.newBuilder()
        .setProcessName("task")
        .setPid(7)
        .setHostName("web")
        .addAllLines(java.util.List.of(lines))
        .build();
  }

  private static PrintStream stream(OutputStream target) {
    return new PrintStream(target, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** An output that takes nothing until it is opened. */
  private static final class Gate extends OutputStream {
    final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void write(int value) {
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
