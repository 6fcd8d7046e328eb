package io.mobula.agent.board;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A worker's own running board. Owner thread: the worker's loop; the slots that it gives out belong
 * to their threads.
 *
 * <p>The file is as long as all slots from the start, but its pages are there only from a slot's
 * first use on: they are written then, so that a full disk is an error of that write and not a
 * fault of a store into memory. A board that can't be kept whole is deleted: what is not there says
 * nothing, and nothing false.
 */
public final class RunningBoard {
  private static final Logger LOG = System.getLogger(RunningBoard.class.getName());

  private final @Nullable Path path;
  private final @Nullable FileChannel file;
  private final int slotCount;

  /** Slots of leases that are over, the longest over first. */
  private final ArrayDeque<RunningSlot> closed = new ArrayDeque<>();

  private @Nullable MemorySegment board;
  private int everUsed;

  private RunningBoard(
      @Nullable Path path,
      @Nullable FileChannel file,
      @Nullable MemorySegment board,
      int slotCount) {
    this.path = path;
    this.file = file;
    this.board = board;
    this.slotCount = slotCount;
  }

  /**
   * Makes the file; the raylet deletes it.
   *
   * @param slotCount leases that the worker serves at a time, at most
   */
  public static RunningBoard create(Path path, int slotCount) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    MemorySegment board =
        file.map(FileChannel.MapMode.READ_WRITE, 0, BoardLayout.bytes(slotCount), Arena.ofAuto());
    return new RunningBoard(path, file, board, slotCount);
  }

  /** A board without a file: for processes whose death nobody asks about. */
  public static RunningBoard unwatched() {
    return new RunningBoard(null, null, null, 0);
  }

  /** Where a worker's board is. */
  public static Path path(Path nodeDirectory, int processNumber) {
    return nodeDirectory.resolve("p" + Integer.toUnsignedString(processNumber) + ".board");
  }

  /** A slot for a lease. */
  public RunningSlot open(long lease) {
    MemorySegment memory = board;
    if (memory == null) {
      return RunningSlot.UNWATCHED;
    }
    int number = everUsed;
    try {
      if (number < slotCount) {
        makePages(number);
      } else if (closed.isEmpty()) {
        throw new IOException("more leases than slots: slots=" + slotCount);
      } else {
        number = closed.removeFirst().number();
      }
    } catch (IOException e) {
      giveUp(e);
      return RunningSlot.UNWATCHED;
    }
    long offset = BoardLayout.slotOffset(number);
    BoardLayout.setLease(memory, offset, 0);
    BoardLayout.setStarts(memory, offset, 0);
    BoardLayout.setLease(memory, offset, lease);
    return new RunningSlot(memory, offset, number);
  }

  /**
   * The lease is over here, and its thread is gone. What it started stays to be read until the slot
   * is needed, since its raylet does not know yet that it is over: a raylet that does not know
   * gives fewer leases, so one that it knows of is needed first.
   */
  public void close(RunningSlot slot) {
    slot.ended();
    if (slot.number() >= 0) {
      closed.addLast(slot);
    }
  }

  private void makePages(int number) throws IOException {
    FileChannel channel = file;
    if (channel == null) {
      return;
    }
    ByteBuffer zeros = ByteBuffer.allocate(BoardLayout.SLOT_BYTES);
    long position = BoardLayout.slotOffset(number);
    while (zeros.hasRemaining()) {
      channel.write(zeros, position + zeros.position());
    }
    everUsed = number + 1;
  }

  /** From now on whatever is pushed here counts as started when this process dies. */
  private void giveUp(IOException cause) {
    LOG.log(Level.WARNING, "what tasks do is no longer noted: {0}", cause.toString());
    board = null;
    try {
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the running board is not whole and can't be deleted", e);
    }
  }
}
