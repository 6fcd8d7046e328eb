package io.mobula.worker.user;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tells an allocation that was too large from a heap that is full, and has a process whose heap is
 * full ended. Thread-safe.
 *
 * <p>An OutOfMemoryError of user code, or of a value of the user's that is encoded or decoded,
 * often means one array that is larger than the heap: then there is room as before once the stack
 * is unwound, and the task fails with it. Where there is not, nothing of ours can be relied on
 * either.
 */
final class OutOfHeap {
  private static final int PIECE_BYTES = 1 << 20;
  private static final long ROOM_BYTES = 16L << 20;
  private static final int HEAP_PER_ROOM = 20;

  private final BooleanSupplier hasRoom;
  private final Consumer<Throwable> end;

  /**
   * @param hasRoom whether the heap is of use; may throw an OutOfMemoryError instead of saying no
   * @param end ends the process, since this was thrown where nothing may be; must not allocate
   */
  OutOfHeap(BooleanSupplier hasRoom, Consumer<Throwable> end) {
    this.hasRoom = hasRoom;
    this.end = end;
  }

  /** By what the heap has room for now. */
  static OutOfHeap of(Consumer<Throwable> end) {
    return new OutOfHeap(OutOfHeap::hasRoomNow, end);
  }

  /** Something was thrown around user code: ends the process if its heap is full. */
  void check(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError error && !isUsable()) {
      end.accept(error);
    }
  }

  /** Something was thrown where nothing may be: ends the process. */
  void end(Throwable thrown) {
    end.accept(thrown);
  }

  private boolean isUsable() {
    try {
      return hasRoom.getAsBoolean();
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /** Asks for some room in pieces, which has the collector look for it as hard as it can. */
  private static boolean hasRoomNow() {
    long wantedBytes = Math.min(ROOM_BYTES, Runtime.getRuntime().maxMemory() / HEAP_PER_ROOM);
    byte[][] pieces = new byte[(int) (wantedBytes / PIECE_BYTES)][];
    long bytes = 0;
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = new byte[PIECE_BYTES];
      bytes += pieces[i].length;
    }
    return bytes == (long) pieces.length * PIECE_BYTES;
  }
}
