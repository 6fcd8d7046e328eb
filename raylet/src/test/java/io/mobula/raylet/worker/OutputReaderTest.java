package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.raylet.lease.LeaseKind;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputReaderTest {
  private static final WorkerStart START = new WorkerStart(1, 1, LeaseKind.SHARED, "task", 1);

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
  void shouldShowLineThatHasNotEndedAndCompleteIt(@TempDir Path folder) {
    OutputBuffer buffer = new OutputBuffer(START, 9, false);
    List<Long> shown = new ArrayList<>();
    read(
        buffer,
        folder,
        List.of("first\nsec", "ond\nthi", "rd"),
        () -> {
          lines.addAll(buffer.take());
          shown.add(buffer.shownLine());
        });
    assertThat(shown).containsExactly(-1L, 1L, 2L, 2L);
    lines.addAll(all(buffer));
    assertThat(lines).containsExactly("first", "second", "third");
    assertThat(buffer.takeEnd()).isTrue();
    assertThat(buffer.takeEnd()).isFalse();
  }

  @Test
  void shouldGoOnWithRestOfLineWhenItsBeginningWasTaken(@TempDir Path folder) {
    OutputBuffer buffer = new OutputBuffer(START, 9, false);
    List<String> taken = new ArrayList<>();
    OutputReader reader =
        read(
            buffer,
            folder,
            List.of("a line\nhow m", "any", " more?\n"),
            () -> {
              taken.addAll(buffer.take());
              String beginning = buffer.takeShown();
              if (beginning != null) {
                taken.add(beginning);
              }
            });
    taken.addAll(all(buffer));
    assertThat(taken).containsExactly("a line", "how m", "any", " more?");
    assertThat(reader.lastLines()).isEqualTo(taken);
  }

  @Test
  void shouldShowWholeCharactersOnly(@TempDir Path folder) {
    byte[] text = "aß€😀".getBytes(StandardCharsets.UTF_8);
    for (int i = 1; i < text.length; i++) {
      OutputBuffer buffer = new OutputBuffer(START, 9, false);
      StringBuilder taken = new StringBuilder();
      Runnable take =
          () -> {
            String beginning = buffer.takeShown();
            taken.append(beginning == null ? "" : beginning);
          };
      new OutputReader(
              new Pieces(
                  List.of(Arrays.copyOf(text, i), Arrays.copyOfRange(text, i, text.length)), take),
              folder.resolve("out"),
              buffer,
              () -> {})
          .run();
      all(buffer).forEach(taken::append);
      assertThat(taken.toString()).as("cut at " + i).isEqualTo("aß€😀");
    }
  }

  @Test
  void shouldNotTakeBeginningOfLineBeforeLinesBeforeIt() {
    OutputBuffer buffer = new OutputBuffer(START, 9, false);
    buffer.add("first");
    buffer.show("sec");
    assertThat(buffer.takeShown()).isNull();
    assertThat(buffer.take()).containsExactly("first");
    assertThat(buffer.shownLine()).isEqualTo(1);
    assertThat(buffer.takeShown()).isEqualTo("sec");
    assertThat(buffer.takeBack()).isTrue();
  }

  @Test
  void shouldAnnounceEndWhenTakerRests() {
    OutputBuffer buffer = new OutputBuffer(START, 9, false);
    assertThat(buffer.add("last")).isTrue();
    assertThat(buffer.end()).isFalse();
    assertThat(buffer.takeEnd()).isFalse();
    assertThat(buffer.take()).containsExactly("last");
    assertThat(buffer.rest()).isTrue();
    assertThat(buffer.takeEnd()).isTrue();
    assertThat(buffer.rest()).isFalse();
  }

  @Test
  void shouldBeCutOnlyWhenItHasNotEnded() {
    OutputBuffer ended = new OutputBuffer(START, 9, false);
    ended.end();
    ended.cut();
    assertThat(ended.isCut()).isFalse();
    OutputBuffer open = new OutputBuffer(START, 9, false);
    assertThat(open.cut()).isTrue();
    assertThat(open.isCut()).isTrue();
    assertThat(open.takeEnd()).isTrue();
  }

  @Test
  void shouldDropAndCountLinesWhenNobodyTakesThem() {
    OutputBuffer buffer = new OutputBuffer(START, 9, false, Duration.ZERO);
    assertThat(buffer.add("first")).isTrue();
    for (int i = 0; i < OutputBuffer.LINES_MAX; i++) {
      assertThat(buffer.add("more")).isFalse();
    }
    assertThat(buffer.takeDropped()).isEqualTo(1);
    assertThat(all(buffer)).hasSize(OutputBuffer.LINES_MAX);
    assertThat(buffer.rest()).isFalse();
    assertThat(buffer.add("again")).isTrue();
  }

  @Test
  void shouldWaitForTakerWhenFull() {
    OutputBuffer buffer = new OutputBuffer(START, 9, false, Duration.ofMinutes(1));
    int count = 5 * OutputBuffer.LINES_MAX;
    Thread adder =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < count; i++) {
                buffer.add(Integer.toString(i));
              }
            });
    List<String> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.addAll(buffer.take());
      Thread.onSpinWait();
    }
    assertThat(adder.isInterrupted()).isFalse();
    assertThat(taken).isEqualTo(IntStream.range(0, count).mapToObj(Integer::toString).toList());
    assertThat(buffer.takeDropped()).isZero();
  }

  @Test
  void shouldShowNoHalfLineWhileItsEndWaitsInThePipe(@TempDir Path folder) {
    byte[] halves = ("x".repeat(8 << 10) + "y\n").getBytes(StandardCharsets.UTF_8);
    OutputBuffer buffer = new OutputBuffer(START, 9, false);
    AtomicLong shown = new AtomicLong(-1);
    InputStream pipe =
        new FilterInputStream(new ByteArrayInputStream(halves)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            shown.accumulateAndGet(buffer.shownLine(), Math::max);
            return super.read(target, offset, length);
          }
        };
    new OutputReader(pipe, folder.resolve("out"), buffer, () -> {}).run();
    assertThat(shown).hasValue(-1);
    assertThat(all(buffer)).hasSize(1);
  }

  private OutputReader read(String text, Path file) {
    OutputBuffer buffer = new OutputBuffer(START, 9, false);
    OutputReader reader =
        new OutputReader(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            file,
            buffer,
            () -> {});
    reader.run();
    lines.addAll(all(buffer));
    return reader;
  }

  /** Reads texts piece by piece; the action runs before each piece and before the end. */
  private static OutputReader read(
      OutputBuffer buffer, Path folder, List<String> pieces, Runnable before) {
    List<byte[]> bytes =
        pieces.stream().map(piece -> piece.getBytes(StandardCharsets.UTF_8)).toList();
    OutputReader reader =
        new OutputReader(new Pieces(bytes, before), folder.resolve("out"), buffer, () -> {});
    reader.run();
    return reader;
  }

  private static List<String> all(OutputBuffer buffer) {
    List<String> all = new ArrayList<>();
    for (List<String> batch = buffer.take(); !batch.isEmpty(); batch = buffer.take()) {
      all.addAll(batch);
    }
    return all;
  }

  /** A pipe that has one piece at a time. */
  private static final class Pieces extends InputStream {
    private final Iterator<byte[]> pieces;
    private final Runnable before;

    Pieces(List<byte[]> pieces, Runnable before) {
      this.pieces = pieces.iterator();
      this.before = before;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read piece by piece");
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      before.run();
      if (!pieces.hasNext()) {
        return -1;
      }
      byte[] piece = pieces.next();
      System.arraycopy(piece, 0, target, offset, piece.length);
      return piece.length;
    }
  }
}
