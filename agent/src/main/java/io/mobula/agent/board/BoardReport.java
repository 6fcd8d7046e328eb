package io.mobula.agent.board;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a dead worker's board says. Immutable.
 *
 * @param isReadable false if nothing is known: whatever was pushed may have started
 * @param leases what each lease's thread did
 * @param runningTasks tasks that were running
 */
public record BoardReport(boolean isReadable, Map<Long, LeaseRun> leases, int runningTasks) {
  /** Of a board that is not there, or not whole. */
  public static final BoardReport UNKNOWN = new BoardReport(false, Map.of(), 0);

  /** Copies. */
  public BoardReport {
    leases = Map.copyOf(leases);
  }

  /**
   * What a lease's thread did.
   *
   * @param started the marks of the tasks that it started, oldest first, the last {@link
   *     BoardLayout#MARKS} at most
   * @param isRunning whether the last of them was running
   */
  public record LeaseRun(List<Long> started, boolean isRunning) {
    /** Of a lease that started nothing. */
    public static final LeaseRun NONE = new LeaseRun(List.of(), false);

    /** Copies. */
    public LeaseRun {
      started = List.copyOf(started);
    }
  }

  /** What a lease's thread did. */
  public LeaseRun of(long lease) {
    return leases.getOrDefault(lease, LeaseRun.NONE);
  }

  /** Reads a board. Its worker must be gone. Blocks for a moment. */
  public static BoardReport read(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      long bytes = file.size();
      if (bytes == 0 || bytes % BoardLayout.SLOT_BYTES != 0) {
        return UNKNOWN;
      }
      return read(file.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena));
    }
  }

  private static BoardReport read(MemorySegment board) {
    Map<Long, LeaseRun> leases = new LinkedHashMap<>();
    int running = 0;
    for (long slot = 0; slot < board.byteSize(); slot += BoardLayout.SLOT_BYTES) {
      long lease = BoardLayout.lease(board, slot);
      if (lease == 0) {
        continue;
      }
      long word = BoardLayout.starts(board, slot);
      long starts = word >>> 1;
      boolean isRunning = (word & 1) == 1;
      List<Long> started = new ArrayList<>();
      for (long start = Math.max(0, starts - BoardLayout.MARKS); start < starts; start++) {
        started.add(BoardLayout.mark(board, slot, start));
      }
      leases.put(lease, new LeaseRun(started, isRunning));
      running += isRunning ? 1 : 0;
    }
    return new BoardReport(true, leases, running);
  }
}
