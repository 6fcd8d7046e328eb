package io.mobula.agent.board;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A worker's running board: a slot for each lease that it serves at a time. In the machine's byte
 * order.
 *
 * <pre>
 *  slot 0                                                              slot 1
 *  byte   0         8            16            64       72             4160
 *  ┌──────────┬────────────┬─────────────┬────────┬────────┬─ ─ ─ ─ ─┬──────────┬─ ─ ─
 *  │ lease    │ starts * 2 │ reserved    │ mark 0 │ mark 1 │ to 511  │ lease    │
 *  │ (8)      │ + running  │             │ (8)    │ (8)    │         │          │
 *  └──────────┴────────────┴─────────────┴────────┴────────┴─ ─ ─ ─ ─┴──────────┴─ ─ ─
 * </pre>
 *
 * <ul>
 *   <li>The lease is 0 while nobody has had the slot. It is written by the worker's loop, after the
 *       second word was zeroed, and stays when the lease is over.
 *   <li>The second word is written by the slot's thread alone: how many tasks it has started on the
 *       lease, and whether the last of them runs.
 *   <li>The n-th start's mark is at n mod 512. A task that is started is marked first and counted
 *       then, so whoever reads after the process's death sees whole marks only.
 * </ul>
 *
 * <p>512 marks are enough: an owner pushes no task while one that it pushed 256 tasks ago has not
 * been answered, so at most 511 tasks start after one that is not answered.
 */
public final class BoardLayout {
  /** Starts that a slot remembers. */
  public static final int MARKS = 512;

  static final int SLOT_BYTES = 64 + MARKS * Long.BYTES;

  private static final long LEASE_OFFSET = 0;
  private static final long STARTS_OFFSET = 8;
  private static final long MARKS_OFFSET = 64;
  private static final int ATTEMPT_SHIFT = 48;
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  private BoardLayout() {}

  /**
   * Stands for an attempt of a task of one owner: the lower 48 bits of its sequence, the lower 16
   * of its attempt. Owners count their tasks from 1, so no two at one worker share a mark.
   */
  public static long mark(long sequence, int attempt) {
    return (sequence & ((1L << ATTEMPT_SHIFT) - 1)) | ((long) attempt << ATTEMPT_SHIFT);
  }

  static long bytes(int slotCount) {
    return (long) slotCount * SLOT_BYTES;
  }

  static long slotOffset(int slot) {
    return (long) slot * SLOT_BYTES;
  }

  static long lease(MemorySegment board, long slot) {
    return (long) WORD.getAcquire(board, slot + LEASE_OFFSET);
  }

  static void setLease(MemorySegment board, long slot, long lease) {
    WORD.setRelease(board, slot + LEASE_OFFSET, lease);
  }

  static long starts(MemorySegment board, long slot) {
    return (long) WORD.get(board, slot + STARTS_OFFSET);
  }

  static void setStarts(MemorySegment board, long slot, long starts) {
    WORD.setRelease(board, slot + STARTS_OFFSET, starts);
  }

  static long mark(MemorySegment board, long slot, long start) {
    return (long) WORD.get(board, markOffset(slot, start));
  }

  static void setMark(MemorySegment board, long slot, long start, long mark) {
    WORD.set(board, markOffset(slot, start), mark);
  }

  private static long markOffset(long slot, long start) {
    return slot + MARKS_OFFSET + (start % MARKS) * Long.BYTES;
  }
}
