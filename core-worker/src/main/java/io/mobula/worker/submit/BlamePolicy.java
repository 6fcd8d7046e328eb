package io.mobula.worker.submit;

import io.mobula.agent.board.BoardLayout;
import io.mobula.proto.WorkerEnd;

/**
 * What the end of a worker means for a task that was pushed there and not answered. Pure.
 *
 * <p>Who was alone in a worker that died has ended it, or is taken to have: it pays with one of its
 * attempts. Of several nobody knows which one it was: none pays, each runs alone from then on, and
 * so pays for itself. What had not started has nothing to do with it; unless it happens again and
 * again, since what ends a worker may be the task's way into it.
 */
final class BlamePolicy {
  /** Workers that may die before a task starts there, while others are there with it. */
  static final int LOST_PUSHES_IN_COMPANY = 3;

  /** Workers that may die before a task starts there; then it fails. */
  static final int LOST_PUSHES_MAX = 8;

  /** What becomes of the task. */
  enum Verdict {
    /** It is pushed again as if it never had been. */
    NOT_STARTED,
    /** It has used an attempt. */
    CHARGED,
    /** It has used an attempt, and is in a process of its own from now on. */
    CHARGED_ALONE,
    /** It may have been somebody else: it has used no attempt, and is alone from now on. */
    SUSPECT;

    boolean isAlone() {
      return this == CHARGED_ALONE || this == SUSPECT;
    }
  }

  private BlamePolicy() {}

  /**
   * A worker's end.
   *
   * @param end how it ended, as far as the task's lease is concerned
   */
  static Verdict ofWorker(WorkerEnd end, long sequence, int attempt) {
    if (!end.getIsRecorded()) {
      // It may have run, and may have been alone.
      return end.getIsExpected() ? Verdict.CHARGED : Verdict.CHARGED_ALONE;
    }
    if (!hasStarted(end, sequence, attempt)) {
      return Verdict.NOT_STARTED;
    }
    if (end.getIsExpected()) {
      // Nobody there has ended it, but what ran has run.
      return Verdict.CHARGED;
    }
    return others(end, sequence, attempt) > 0 ? Verdict.SUSPECT : Verdict.CHARGED_ALONE;
  }

  /**
   * A whole node is dead or out of reach: nobody's fault. What was pushed there may have run, and
   * no task runs more often than it may.
   */
  static Verdict ofNode() {
    return Verdict.CHARGED;
  }

  /** Whether the task's thread had begun it. */
  static boolean hasStarted(WorkerEnd end, long sequence, int attempt) {
    return end.getStartedList().contains(BoardLayout.mark(sequence, attempt));
  }

  /** Whether it had begun and had not ended. */
  static boolean isRunning(WorkerEnd end, long sequence, int attempt) {
    int count = end.getStartedCount();
    return end.getIsRunning()
        && count > 0
        && end.getStarted(count - 1) == BoardLayout.mark(sequence, attempt);
  }

  /** Tasks that were running in the worker beside this one. */
  static int others(WorkerEnd end, long sequence, int attempt) {
    return end.getRunningTasks() - (isRunning(end, sequence, attempt) ? 1 : 0);
  }
}
