package io.mobula.raylet.objects;

import io.mobula.raylet.transfer.SourceReport;
import java.util.BitSet;

/**
 * A node that is said to have an object, as the pull of that object sees it.
 *
 * <p>It is {@linkplain #isGone gone} by its own word, or with its node, and by nothing else. That
 * it can't be reached from here, or that wrong bytes come from it, is this node's trouble.
 */
final class PullSource {

  /** A source that pulls the object itself and gets nothing new is given up then. */
  private static final int EMPTY_ANSWERS_MAX = 12;

  final int node;

  /** Transfers of this object from it. */
  int running;

  /** Whether asking again is in vain. */
  boolean isGone;

  /** Whether it is gone only because it has another copy than what has come. */
  boolean hasOtherCopy;

  /** Whether it is not asked before {@link #restUntilNanos}. */
  boolean isResting;

  long restUntilNanos;
  String outcome = "not tried";

  /** Whether it pulls the object itself: then {@link #parts} is what it has said it has. */
  private boolean isPartial;

  /** Whether the last part was copied from its store file. */
  private boolean isOnThisMachine;

  private BitSet parts = new BitSet();
  private int failures;
  private int emptyAnswers;
  private int busyAnswers;

  PullSource(int node) {
    this.node = node;
  }

  /** Whether it is known to have the part, or may have it for all that is known. */
  boolean mayHave(int part) {
    return !isPartial || parts.get(part);
  }

  /** Whether it has everything, on this machine, and may be asked now. */
  boolean isBest(long nowNanos) {
    return isOnThisMachine
        && !isPartial
        && !isGone
        && !(isResting && nowNanos - restUntilNanos < 0);
  }

  /** A part came from it. */
  void succeed(SourceReport report, boolean isFromFile, long partBytes) {
    failures = 0;
    emptyAnswers = 0;
    busyAnswers = 0;
    isOnThisMachine = isFromFile;
    learn(report, partBytes);
  }

  /** It had nothing to give: what it has is known better now. */
  void absent(SourceReport report, long partBytes, BitSet done, long nowNanos) {
    failures = 0;
    learn(report, partBytes);
    if (!isPartial) {
      rest(nowNanos + PullConfig.askAgainNanos(1), "has too many readers, or does not have it yet");
      return;
    }
    BitSet useful = (BitSet) parts.clone();
    useful.andNot(done);
    emptyAnswers = useful.isEmpty() ? emptyAnswers + 1 : 0;
    if (emptyAnswers > EMPTY_ANSWERS_MAX) {
      lose("pulls the object itself, and gets nothing more");
    } else if (emptyAnswers > 0) {
      rest(nowNanos + PullConfig.askAgainNanos(emptyAnswers), "has nothing new yet");
    }
  }

  /** It could not be reached, stalled, or sent wrong bytes. */
  void fail(String reason, PullConfig config, long nowNanos) {
    failures++;
    rest(nowNanos + config.backOffNanos(failures), reason);
  }

  /** It can be reached, and asks for patience. */
  void busy(PullConfig config, long nowNanos) {
    failures = 0;
    busyAnswers++;
    rest(nowNanos + config.backOffNanos(busyAnswers), "serves as many readers as it may");
  }

  /** Whether it may have the object, and the last that was tried with it failed. */
  boolean isOutOfReach() {
    return !isGone && failures > 0;
  }

  /** It has a copy that was made by another run. */
  void loseForOtherCopy() {
    lose("it has another copy, made by another run");
    hasOtherCopy = true;
  }

  void lose(String reason) {
    isGone = true;
    hasOtherCopy = false;
    outcome = reason;
  }

  /** Nothing that it is known to have is of use: it must be asked what else it has. */
  void restUntilAsked(long nowNanos) {
    emptyAnswers = Math.max(1, emptyAnswers);
    rest(nowNanos + PullConfig.askAgainNanos(emptyAnswers), outcome);
  }

  private void rest(long untilNanos, String reason) {
    isResting = true;
    restUntilNanos = untilNanos;
    outcome = reason;
  }

  private void learn(SourceReport report, long partBytes) {
    isPartial = report.parts().isPresent();
    report
        .parts()
        .ifPresent(had -> parts = had.partBytes() == partBytes ? had.present() : new BitSet());
  }
}
