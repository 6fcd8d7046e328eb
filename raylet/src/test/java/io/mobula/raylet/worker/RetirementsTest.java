package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.lease.ResourceSet;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An idle worker is asked before it is ended, and stays while it is needed for what it owns. */
final class RetirementsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long IDLE = 60 * SECOND;
  private static final int JOB = 7;
  private static final int OTHER_JOB = 8;
  private static final HeapPolicy HEAPS =
      new HeapPolicy(1L << 30, 4 * ResourceSet.UNIT, 512, OptionalLong.empty());

  private final RecordingWorkerEffects effects = new RecordingWorkerEffects();
  private final AtomicInteger numbers = new AtomicInteger();
  private final WorkerPool pool =
      new WorkerPool(
          new WorkerLimits(2, 2, 2, IDLE, 30 * SECOND, 2 * SECOND, HEAPS),
          numbers::incrementAndGet,
          effects);
  private long now;

  @BeforeEach
  void ready() {
    pool.jobStarted(JOB, false, now);
  }

  @AfterEach
  void check() {
    pool.check();
  }

  @Test
  void shouldAskBeforeItEndsAnIdleWorker() {
    run(1, LeaseKind.PROCESS);
    pool.releaseSlot(1, now);
    assertThat(pool.nextDeadlineNanos()).isEqualTo(now + IDLE);
    advance(IDLE - 1);
    assertThat(effects.take()).isEmpty();
    advance(1);
    assertThat(effects.take()).containsExactly("may go? 1");
    answer(1, false);
    assertThat(effects.take()).containsExactly("terminate 1");
  }

  @Test
  void shouldKeepTheOwnerAndAskAgainAfterAnotherPeriod() {
    run(1, LeaseKind.PROCESS);
    retain(1, 1);
    assertThat(pool.retainedCount()).isEqualTo(1);
    assertThat(pool.isRetained(1)).isTrue();

    advance(IDLE);
    assertThat(effects.take()).containsExactly("may go? 1");
    assertThat(pool.isRetained(1)).isTrue();
    answer(1, true);
    assertThat(effects.take()).isEmpty();
    advance(IDLE);
    answer(1, false);

    assertThat(effects.take()).containsExactly("may go? 1", "terminate 1");
    assertThat(pool.retainedCount()).isZero();
  }

  @Test
  void shouldIgnoreTheAnswerWhenALeaseCameMeanwhile() {
    run(1, LeaseKind.PROCESS);
    pool.releaseSlot(1, now);
    advance(IDLE);
    want(2, LeaseKind.PROCESS);
    assertThat(effects.take()).containsExactly("may go? 1", "ready 2 in 1");
    answer(1, false);
    assertThat(effects.take()).isEmpty();

    pool.releaseSlot(2, now);
    answer(1, false);
    assertThat(effects.take()).isEmpty();
    advance(IDLE);
    assertThat(effects.take()).containsExactly("may go? 1");
  }

  @Test
  void shouldGiveARetainedWorkerWork() {
    run(1, LeaseKind.PROCESS);
    retain(1, 1);
    want(2, LeaseKind.PROCESS);
    assertThat(effects.take()).containsExactly("ready 2 in 1");
    assertThat(pool.retainedCount()).isZero();
  }

  @Test
  void shouldStartOthersWhenOwnersFillTheLimit() {
    run(1, LeaseKind.PROCESS);
    run(2, LeaseKind.PROCESS);
    want(3, LeaseKind.ACTOR);
    assertThat(effects.take()).isEmpty();
    pool.releaseSlot(1, now);
    pool.releaseSlot(2, now);
    advance(IDLE);
    answer(1, true);

    assertThat(effects.take()).containsExactly("may go? 1", "may go? 2", "launch 3 ACTOR");
    answer(2, true);
    want(4, LeaseKind.ACTOR);
    want(5, LeaseKind.ACTOR);
    assertThat(effects.take()).containsExactly("launch 4 ACTOR");
    assertThat(pool.workerCount()).isEqualTo(4);
  }

  @Test
  void shouldEndTheOneThatWasIdleForLongestWhenTooManyAreRetained() {
    run(1, LeaseKind.PROCESS);
    run(2, LeaseKind.PROCESS);
    pool.releaseSlot(1, now);
    advance(SECOND);
    pool.releaseSlot(2, now);
    advance(IDLE);
    answer(1, true);
    answer(2, true);
    pool.jobStarted(OTHER_JOB, false, now);
    want(3, OTHER_JOB, LeaseKind.PROCESS);
    pool.classPathReady(OTHER_JOB, now);
    pool.registered(3, 103, now);
    pool.releaseSlot(3, now);
    effects.take();
    advance(IDLE);
    assertThat(effects.take()).containsExactly("may go? 1", "may go? 2", "may go? 3");

    answer(3, true);

    assertThat(effects.take()).containsExactly("terminate 1");
    pool.exited(1, "exit code 143", now);
    assertThat(effects.deaths.getLast().reason())
        .contains("more workers are retained", "limit=2", "owner");
  }

  @Test
  void shouldNotAskTheWorkerThatIsKeptWarm() {
    run(1, LeaseKind.SHARED);
    pool.releaseSlot(1, now);
    assertThat(pool.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    advance(10 * IDLE);
    assertThat(effects.take()).isEmpty();
  }

  @Test
  void shouldKeepTheLastSharedWorkerWhenTheOtherDiedWhileItWasAsked() {
    want(1, LeaseKind.SHARED);
    pool.classPathReady(JOB, now);
    pool.registered(1, 100, now);
    want(2, LeaseKind.SHARED);
    want(3, LeaseKind.SHARED);
    pool.registered(2, 101, now);
    for (int lease = 1; lease <= 3; lease++) {
      pool.releaseSlot(lease, now);
    }
    effects.take();
    advance(IDLE);
    assertThat(effects.take()).containsExactly("may go? 1", "may go? 2");
    answer(2, false);
    assertThat(effects.take()).containsExactly("terminate 2");
    answer(1, false);
    assertThat(effects.take()).isEmpty();
  }

  @Test
  void shouldEndTheSurplusSharedWorkerOnlyWhenItIsNotNeeded() {
    want(1, LeaseKind.SHARED);
    pool.classPathReady(JOB, now);
    pool.registered(1, 100, now);
    want(2, LeaseKind.SHARED);
    want(3, LeaseKind.SHARED);
    pool.registered(2, 101, now);
    for (int lease = 1; lease <= 3; lease++) {
      pool.releaseSlot(lease, now);
    }
    effects.take();
    advance(IDLE);
    answer(1, true);
    answer(2, true);
    assertThat(effects.take()).containsExactly("may go? 1", "may go? 2");
    assertThat(pool.retainedCount()).isEqualTo(2);
  }

  @Test
  void shouldEndTheWorkerThatNeverAnswers() {
    run(1, LeaseKind.PROCESS);
    pool.releaseSlot(1, now);
    for (int i = 0; i < Retirements.UNANSWERED_MAX; i++) {
      advance(IDLE);
      assertThat(effects.take()).containsExactly("may go? 1");
    }
    advance(IDLE);
    assertThat(effects.take()).containsExactly("terminate 1");
  }

  @Test
  void shouldEndRetainedWorkersWithTheirJob() {
    run(1, LeaseKind.PROCESS);
    retain(1, 1);
    pool.jobEnded(JOB, "over", now);
    assertThat(effects.take()).containsExactly("terminate 1");
    answer(1, true);
    assertThat(effects.take()).isEmpty();
  }

  @Test
  void shouldRejectUnlistedTransitions() {
    assertThatThrownBy(() -> IdleState.BUSY.after(IdleState.Event.NEEDED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("idle worker: state=BUSY, event=NEEDED");
    assertThatThrownBy(() -> IdleState.IDLE.after(IdleState.Event.MAY_GO))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> IdleState.RETAINED.after(IdleState.Event.VACATED))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> IdleState.BUSY.after(IdleState.Event.PERIOD_OVER))
        .isInstanceOf(IllegalStateException.class);
  }

  /** A worker of that number runs with a lease of that number. */
  private void run(int number, LeaseKind kind) {
    want(number, kind);
    pool.classPathReady(JOB, now);
    pool.registered(number, 100 + number, now);
    effects.take();
  }

  /** The worker's last lease ends, and when it is asked it is needed. */
  private void retain(long lease, int number) {
    pool.releaseSlot(lease, now);
    advance(IDLE);
    answer(number, true);
    effects.take();
  }

  private void want(long lease, LeaseKind kind) {
    want(lease, JOB, kind);
  }

  private void want(long lease, int job, LeaseKind kind) {
    pool.wantSlot(
        lease, new LeaseRequest(1, lease, job, ResourceSet.NONE, kind, false, "thing"), now);
  }

  private void answer(int number, boolean isNeeded) {
    pool.retirementAnswered(
        number, effects.questions.getOrDefault(number, 0L), isNeeded, "owner", now);
  }

  private void advance(long nanos) {
    now += nanos;
    pool.onTime(now);
  }
}
