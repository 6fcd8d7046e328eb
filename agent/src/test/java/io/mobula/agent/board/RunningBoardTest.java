package io.mobula.agent.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.board.BoardReport.LeaseRun;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker notes, and what is read of it when it is gone. */
final class RunningBoardTest {
  @TempDir Path folder;
  private Path path;
  private RunningBoard board;

  @BeforeEach
  void create() throws IOException {
    path = RunningBoard.path(folder, 7);
    board = RunningBoard.create(path, 3);
  }

  @Test
  void shouldSayNothingOfALeaseWhenItsThreadHasStartedNothing() throws IOException {
    open(5);
    BoardReport report = BoardReport.read(path);
    assertThat(report.isReadable()).isTrue();
    assertThat(report.of(5)).isEqualTo(LeaseRun.NONE);
    assertThat(report.of(6)).isEqualTo(LeaseRun.NONE);
    assertThat(report.runningTasks()).isZero();
  }

  @Test
  void shouldSayWhatStartedAndWhatRunsWhenThreadsAreBusy() throws IOException {
    RunningSlot first = open(5);
    RunningSlot second = open(6);
    RunningSlot third = open(7);
    first.started(1, 0);
    first.ended();
    first.started(2, 3);
    second.started(1, 0);
    third.started(9, 0);
    third.ended();

    BoardReport report = BoardReport.read(path);

    assertThat(report.of(5))
        .isEqualTo(new LeaseRun(List.of(BoardLayout.mark(1, 0), BoardLayout.mark(2, 3)), true));
    assertThat(report.of(6)).isEqualTo(new LeaseRun(List.of(BoardLayout.mark(1, 0)), true));
    assertThat(report.of(7)).isEqualTo(new LeaseRun(List.of(BoardLayout.mark(9, 0)), false));
    assertThat(report.runningTasks()).isEqualTo(2);
  }

  @Test
  void shouldRememberTheLastStartsWhenThereWereMoreThanItHolds() throws IOException {
    RunningSlot slot = open(5);
    for (int sequence = 1; sequence <= BoardLayout.MARKS + 10; sequence++) {
      slot.started(sequence, 0);
      slot.ended();
    }
    assertThat(BoardReport.read(path).of(5).started())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(11, BoardLayout.MARKS + 10).boxed().toList());
  }

  @Test
  void shouldStillSayWhatALeaseStartedWhenItIsOver() throws IOException {
    RunningSlot slot = open(5);
    slot.started(1, 0);
    board.close(slot);

    open(6).started(2, 0);

    BoardReport report = BoardReport.read(path);
    assertThat(report.of(5)).isEqualTo(new LeaseRun(List.of(1L), false));
    assertThat(report.runningTasks()).isEqualTo(1);
  }

  @Test
  void shouldForgetTheLeaseThatIsOverLongestWhenASlotIsNeeded() throws IOException {
    List<RunningSlot> slots = List.of(open(5), open(6), open(7));
    slots.forEach(slot -> slot.started(1, 0));
    board.close(slots.get(1));
    board.close(slots.get(0));

    open(8).started(2, 0);

    BoardReport report = BoardReport.read(path);
    assertThat(report.of(6)).isEqualTo(LeaseRun.NONE);
    assertThat(report.of(5).started()).containsExactly(1L);
    assertThat(report.of(8).started()).containsExactly(2L);
    assertThat(report.runningTasks()).isEqualTo(2);
  }

  @Test
  void shouldSayNothingAtAllWhenThereAreMoreLeasesThanSlots() {
    RunningSlot first = open(1);
    open(2);
    open(3);
    assertThat(open(4)).isSameAs(RunningSlot.UNWATCHED);
    first.started(1, 0);
    board.close(first);
    assertThat(open(5)).isSameAs(RunningSlot.UNWATCHED);
    assertThatThrownBy(() -> BoardReport.read(path)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void shouldNoteNothingWhenNobodyWatches() {
    RunningBoard unwatched = RunningBoard.unwatched();
    RunningSlot slot = unwatched.open(1);
    slot.started(1, 0);
    slot.ended();
    unwatched.close(slot);
    assertThat(slot).isSameAs(RunningSlot.UNWATCHED);
  }

  @Test
  void shouldTellAttemptsApartWhenTheTaskIsTheSame() {
    assertThat(BoardLayout.mark(1, 0)).isNotEqualTo(BoardLayout.mark(1, 1));
    assertThat(BoardLayout.mark(1, 1)).isNotEqualTo(BoardLayout.mark(2, 1));
  }

  @Test
  void shouldKnowNothingWhenTheFileIsNotWhole() throws IOException {
    Path torn = Files.write(folder.resolve("torn"), new byte[100]);
    assertThat(BoardReport.read(torn)).isEqualTo(BoardReport.UNKNOWN);
    assertThat(BoardReport.read(Files.createFile(folder.resolve("empty"))).isReadable()).isFalse();
  }

  @Test
  void shouldSayWhichFileWhenItIsMissingOrThereAlready() {
    assertThatThrownBy(() -> BoardReport.read(folder.resolve("p8.board")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> RunningBoard.create(path, 3))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  private RunningSlot open(long lease) {
    return board.open(lease);
  }
}
