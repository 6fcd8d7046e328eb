package io.mobula.agent.board;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One lease's part of a running board. {@link #started} and {@link #ended} are called by the
 * lease's thread alone: two or three stores into memory each, no system call, no garbage.
 */
public final class RunningSlot {
  /** Notes nothing: for work that no raylet asks about. */
  public static final RunningSlot UNWATCHED = new RunningSlot(null, 0, -1);

  private final @Nullable MemorySegment board;
  private final long offset;
  private final int number;
  private long starts;

  RunningSlot(@Nullable MemorySegment board, long offset, int number) {
    this.board = board;
    this.offset = offset;
    this.number = number;
  }

  int number() {
    return number;
  }

  /** A task is about to run; nothing of it has happened before this returns. */
  public void started(long sequence, int attempt) {
    MemorySegment memory = board;
    if (memory == null) {
      return;
    }
    BoardLayout.setMark(memory, offset, starts, BoardLayout.mark(sequence, attempt));
    starts++;
    BoardLayout.setStarts(memory, offset, (starts << 1) | 1);
    // The compiler must not move what the task writes before the note.
    VarHandle.storeStoreFence();
  }

  /** The task that started last no longer runs. */
  public void ended() {
    MemorySegment memory = board;
    if (memory != null) {
      BoardLayout.setStarts(memory, offset, starts << 1);
    }
  }
}
