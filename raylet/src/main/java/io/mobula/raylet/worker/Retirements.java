package io.mobula.raylet.worker;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Ends workers that had nothing to do for a while, but not those that are needed for what they own:
 * each is asked first, and asked again after another while. Owned by {@link WorkerPool}; {@link
 * IdleState} draws it.
 *
 * <p>A worker that is retained still takes leases. It counts for nothing when it is decided whether
 * another may be started, so that owners don't keep others from their turn; but no more may be
 * retained than may exist otherwise. Beyond that, the one that has been idle for longest is ended,
 * and its objects fail. So is one that leaves {@link #UNANSWERED_MAX} questions in a row without an
 * answer: nobody could get an object from it either.
 */
final class Retirements {
  /** Questions in a row without an answer after which a worker is taken for hanging. */
  static final int UNANSWERED_MAX = 3;

  /** A worker that is retained is left alone for that long at least. */
  static final long RETAINED_NANOS_MIN = 1_000_000_000L;

  /** A worker that was asked has that long at least to answer. */
  static final long ANSWER_NANOS_MIN = 10_000_000_000L;

  private final WorkerLimits limits;
  private final WorkerRoster workers;
  private final WorkerEffects effects;
  private final Predicate<PooledWorker> isKeptWarm;
  private final Ending ending;
  private long lastQuestion;

  /** Ends a worker. */
  @FunctionalInterface
  interface Ending {
    void end(PooledWorker worker, String reason, long nowNanos);
  }

  /**
   * @param isKeptWarm says of an idle worker whether it stays anyway
   */
  Retirements(
      WorkerLimits limits,
      WorkerRoster workers,
      WorkerEffects effects,
      Predicate<PooledWorker> isKeptWarm,
      Ending ending) {
    this.limits = limits;
    this.workers = workers;
    this.effects = effects;
    this.isKeptWarm = isKeptWarm;
    this.ending = ending;
  }

  /** When {@link #onTime} has something to do with the worker. */
  long nextDeadlineNanos(PooledWorker worker) {
    return worker.isIdle() && !isKeptWarm.test(worker)
        ? worker.idleSinceNanos() + periodNanos(worker)
        : PooledWorker.NEVER;
  }

  /** Time went on. */
  void onTime(PooledWorker worker, long nowNanos) {
    if (nowNanos < nextDeadlineNanos(worker)) {
      return;
    }
    if (worker.idleState().isAsked() && ++worker.unansweredQuestions >= UNANSWERED_MAX) {
      ending.end(worker, "idle, and does not answer", nowNanos);
      return;
    }
    worker.idle(IdleState.Event.PERIOD_OVER, nowNanos);
    worker.question = ++lastQuestion;
    effects.askToRetire(worker.start.number(), worker.question);
  }

  /**
   * A worker answers; ignored if it got a lease since it was asked.
   *
   * @param reason why it is needed, for people
   */
  void answered(
      PooledWorker worker, long question, boolean isNeeded, String reason, long nowNanos) {
    if (worker.question != question || !worker.isIdle() || !worker.idleState().isAsked()) {
      return;
    }
    worker.unansweredQuestions = 0;
    if (isNeeded) {
      worker.retainedFor = reason;
      worker.idle(IdleState.Event.NEEDED, nowNanos);
      endSurplus(nowNanos);
    } else {
      worker.idle(IdleState.Event.MAY_GO, nowNanos);
      if (!isKeptWarm.test(worker)) {
        ending.end(worker, "idle", nowNanos);
      }
    }
  }

  private void endSurplus(long nowNanos) {
    if (workers.retainedCount() <= limits.workersMax()) {
      return;
    }
    Optional<PooledWorker> longest =
        workers.all().stream()
            .filter(worker -> worker.isRetained() && !isKeptWarm.test(worker))
            .min(Comparator.comparingLong(PooledWorker::vacantSinceNanos));
    longest.ifPresent(worker ->
        ending.end(
            worker,
            "idle, and more workers are retained for what they own than the limit: limit="
                + limits.workersMax()
                + ", retained for="
                + worker.retainedFor,
            nowNanos));
  }

  private long periodNanos(PooledWorker worker) {
    return switch (worker.idleState()) {
      case BUSY -> throw new IllegalStateException("not idle: worker=" + worker.start);
      case IDLE -> limits.idleNanos();
      case RETAINED -> Math.max(limits.idleNanos(), RETAINED_NANOS_MIN);
      case ASKED, ASKED_AGAIN -> Math.max(limits.idleNanos(), ANSWER_NANOS_MIN);
    };
  }
}
