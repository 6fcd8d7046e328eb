package io.mobula.raylet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.proto.FailureKind;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.worker.WorkerState.Event;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkerPoolTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int JOB = 7;
  private static final long GIB = 1L << 30;
  private static final HeapPolicy HEAPS =
      new HeapPolicy(GIB, 4 * ResourceSet.UNIT, 512, OptionalLong.empty());

  private final RecordingWorkerEffects effects = new RecordingWorkerEffects();
  private final AtomicInteger numbers = new AtomicInteger();
  private final WorkerLimits limits =
      new WorkerLimits(2, 2, 6, 60 * SECOND, 30 * SECOND, 2 * SECOND, HEAPS);
  private final WorkerPool pool = new WorkerPool(limits, numbers::incrementAndGet, effects);
  private long now;

  @AfterEach
  void check() {
    pool.check();
  }

  @Test
  void shouldStartWorkerOnlyWhenClassPathIsReady() {
    pool.jobStarted(JOB, false, now);
    assertThat(effects.take()).isEmpty();
    want(1, LeaseKind.SHARED);
    assertThat(effects.take()).containsExactly("prepare 7");
    pool.classPathReady(JOB, now);
    assertThat(effects.take()).containsExactly("launch 1 SHARED");
    pool.registered(1, 100, now);
    assertThat(effects.take()).containsExactly("ready 1 in 1");
  }

  @Test
  void shouldStartWorkerBeforeAnybodyAsksWhenItsDriverIsHere() {
    pool.jobStarted(JOB, true, now);
    pool.classPathReady(JOB, now);
    assertThat(effects.take()).containsExactly("prepare 7", "launch 1 SHARED");
    pool.registered(1, 100, now);
    want(1, LeaseKind.SHARED);
    assertThat(effects.take()).containsExactly("ready 1 in 1");
  }

  @Test
  void shouldFillSlotsBeforeStartingAnotherWorker() {
    ready();
    want(1, LeaseKind.SHARED);
    want(2, LeaseKind.SHARED);
    want(3, LeaseKind.SHARED);
    assertThat(effects.take()).containsExactly("launch 1 SHARED", "launch 2 SHARED");
    pool.registered(1, 100, now);
    assertThat(effects.take()).containsExactly("ready 1 in 1", "ready 2 in 1");
    pool.registered(2, 101, now);
    assertThat(effects.take()).containsExactly("ready 3 in 2");
  }

  @Test
  void shouldReuseSlotWhenItIsFreeAgain() {
    ready();
    want(1, LeaseKind.PROCESS);
    pool.registered(1, 100, now);
    want(2, LeaseKind.PROCESS);
    effects.take();
    pool.releaseSlot(1, now);
    want(3, LeaseKind.PROCESS);
    assertThat(effects.take()).containsExactly("ready 3 in 1");
  }

  @Test
  void shouldLimitStartsAtOnceAndProcessesInAll() {
    ready();
    for (int lease = 1; lease <= 8; lease++) {
      want(lease, LeaseKind.ACTOR);
    }
    assertThat(effects.launched).hasSize(2);
    for (int number = 1; number <= 6; number++) {
      pool.registered(number, number, now);
    }
    assertThat(effects.launched).hasSize(6);
    assertThat(effects.placed).hasSize(6);
    pool.linkClosed(3, "gone", now);
    pool.exited(3, "exit code 1", now);
    assertThat(effects.launched).hasSize(7);
  }

  @Test
  void shouldGiveEachActorProcessOfItsOwnAndEndItWithItsLease() {
    ready();
    want(1, LeaseKind.ACTOR);
    pool.registered(1, 100, now);
    effects.take();
    pool.releaseSlot(1, now);
    assertThat(effects.take()).containsExactly("terminate 1");
    pool.exited(1, "exit code 143", now);
    assertThat(effects.deaths.getFirst().isExpected()).isTrue();
  }

  @Test
  void shouldEndIdleWorkersButKeepOneWarm() {
    ready();
    for (int lease = 1; lease <= 3; lease++) {
      want(lease, LeaseKind.SHARED);
    }
    want(4, LeaseKind.PROCESS);
    pool.registered(1, 100, now);
    pool.registered(2, 101, now);
    pool.registered(3, 102, now);
    for (int lease = 1; lease <= 4; lease++) {
      pool.releaseSlot(lease, now);
    }
    effects.take();
    assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 60 * SECOND);
    advance(60 * SECOND);
    assertThat(effects.take()).containsExactly("may go? 1", "may go? 2", "may go? 3");
    answer(1, false);
    answer(2, false);
    answer(3, false);
    assertThat(effects.take()).containsExactly("terminate 1", "terminate 3");
    pool.exited(1, "exit code 143", now);
    pool.exited(3, "exit code 143", now);
    assertThat(pool.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldGoOnStartingWhenStartsAreKilled() {
    ready();
    want(1, LeaseKind.SHARED);
    for (int number = 1; number < 12; number++) {
      pool.exited(number, ExitStatus.describe(137), now);
      assertThat(effects.failed).isEmpty();
      advance(4 * SECOND);
    }
    pool.exited(12, ExitStatus.describe(137), now);
    assertThat(effects.failed.get(1L)).contains("12 times in a row", "SIGKILL");
  }

  @Test
  void shouldFailThoseWhoWaitAfterThreeFailedStartsQuotingTheReason() {
    ready();
    want(1, LeaseKind.SHARED);
    pool.exited(1, "exit code 1; stderr: no memory", now);
    assertThat(effects.failed).isEmpty();
    advance(SECOND);
    pool.launchFailed(2, "no such file", now);
    advance(SECOND);
    pool.exited(3, "exit code 1; stderr: no memory", now);
    assertThat(effects.failed.get(1L))
        .startsWith("WORKER_START_FAILED")
        .contains("3 times in a row", "no memory");
    effects.take();
    want(2, LeaseKind.SHARED);
    advance(SECOND);
    assertThat(effects.take()).containsExactly("launch 4 SHARED");
  }

  @Test
  void shouldPauseLongerAfterEachFailedStart() {
    ready();
    want(1, LeaseKind.SHARED);
    pool.exited(1, "exit code 1", now);
    assertThat(pool.nextDeadlineNanos()).isEqualTo(now + SECOND / 5);
    advance(SECOND / 5);
    assertThat(effects.launched).hasSize(2);
    pool.exited(2, "exit code 1", now);
    assertThat(pool.nextDeadlineNanos()).isEqualTo(now + 2 * SECOND / 5);
  }

  @Test
  void shouldKillWorkerThatDoesNotRegisterInTime() {
    ready();
    want(1, LeaseKind.SHARED);
    advance(30 * SECOND);
    assertThat(effects.killed).contains(1);
    assertThat(pool.registered(1, 100, now)).isFalse();
    pool.exited(1, "exit code 137", now);
    advance(SECOND);
    assertThat(effects.launched).hasSize(2);
  }

  @Test
  void shouldTellOfDeathWithExitCodeWhenLinkClosesFirst() {
    ready();
    want(1, LeaseKind.SHARED);
    pool.registered(1, 100, now);
    pool.linkClosed(1, "end of stream", now);
    assertThat(effects.deaths).isEmpty();
    pool.exited(1, "exit code 137 (SIGKILL)", now);
    WorkerDeath death = effects.deaths.getFirst();
    assertThat(death.reason()).contains("137");
    assertThat(death.isExpected()).isFalse();
    assertThat(death.pid()).isEqualTo(100);
  }

  @Test
  void shouldReadLastPacketsBeforeTellingOfDeathWhenProcessExitsFirst() {
    ready();
    want(1, LeaseKind.SHARED);
    pool.registered(1, 100, now);
    pool.exited(1, "exit code 3", now);
    assertThat(effects.deaths).isEmpty();
    pool.linkClosed(1, "end of stream", now);
    assertThat(effects.deaths.getFirst().reason()).isEqualTo("exit code 3");
  }

  @Test
  void shouldKillProcessWhenOnlyItsLinkCloses() {
    ready();
    want(1, LeaseKind.SHARED);
    pool.registered(1, 100, now);
    effects.take();
    pool.linkClosed(1, "it closed it", now);
    advance(SECOND / 10);
    assertThat(effects.take()).containsExactly("kill 1");
    pool.exited(1, "exit code 137", now);
    assertThat(effects.deaths).hasSize(1);
    assertThat(effects.deaths.getFirst().reason()).contains("it closed it", "exit code 137");
  }

  @Test
  void shouldTerminateThenKillWhenJobEndsButKillWhatStarts() {
    ready();
    want(1, LeaseKind.SHARED);
    want(2, LeaseKind.ACTOR);
    pool.registered(1, 100, now);
    effects.take();
    pool.releaseSlot(2, now);
    pool.jobEnded(JOB, "driver exited", now);
    assertThat(effects.take()).containsExactly("kill 2", "terminate 1");
    advance(2 * SECOND);
    assertThat(effects.killed).contains(1, 2);
    pool.exited(1, "exit code 137", now);
    pool.exited(2, "exit code 137", now);
    assertThat(pool.workerCount()).isZero();
    assertThat(effects.deaths).allMatch(WorkerDeath::isExpected);
  }

  @Test
  void shouldFailWhenJobStaysUnknown() {
    want(1, LeaseKind.SHARED);
    assertThat(effects.take()).isEmpty();
    advance(10 * SECOND);
    assertThat(effects.failed.get(1L)).startsWith("NOT_FOUND").contains("job=7");
  }

  @Test
  void shouldServeThoseWhoAskedBeforeTheJobWasKnown() {
    want(1, LeaseKind.SHARED);
    pool.jobStarted(JOB, false, now);
    pool.classPathReady(JOB, now);
    assertThat(effects.take()).containsExactly("prepare 7", "launch 1 SHARED");
    advance(20 * SECOND);
    assertThat(effects.failed).isEmpty();
  }

  @Test
  void shouldFailAllWhenClassPathCannotBeMade() {
    pool.jobStarted(JOB, false, now);
    want(1, LeaseKind.SHARED);
    pool.classPathFailed(JOB, FailureKind.DEFINITION, "app.jar is gone");
    want(2, LeaseKind.SHARED);
    assertThat(effects.failed.get(1L)).isEqualTo("DEFINITION: app.jar is gone");
    assertThat(effects.failed.get(2L)).isEqualTo("DEFINITION: app.jar is gone");
  }

  @Test
  void shouldStartNothingWhenClosed() {
    ready();
    pool.close("raylet ends", now);
    want(1, LeaseKind.SHARED);
    assertThat(effects.launched).isEmpty();
  }

  @Test
  void shouldRejectUnlistedTransitions() {
    for (WorkerState state : WorkerState.values()) {
      for (Event event : Event.values()) {
        WorkerState next = LISTED.getOrDefault(state, Map.of()).get(event);
        if (next != null) {
          assertThat(state.after(event)).isEqualTo(next);
        } else {
          assertThatThrownBy(() -> state.after(event)).isInstanceOf(IllegalStateException.class);
        }
      }
    }
  }

  private static final Map<WorkerState, Map<Event, WorkerState>> LISTED =
      Map.of(
          WorkerState.STARTING,
          Map.of(
              Event.REGISTERED, WorkerState.READY,
              Event.EXITED, WorkerState.DEAD,
              Event.LAUNCH_FAILED, WorkerState.DEAD,
              Event.START_TIMED_OUT, WorkerState.KILLED,
              Event.END_WANTED, WorkerState.ENDING),
          WorkerState.READY,
          Map.of(
              Event.LINK_CLOSED, WorkerState.LOST,
              Event.EXITED, WorkerState.LOST,
              Event.END_WANTED, WorkerState.ENDING),
          WorkerState.LOST,
          Map.of(
              Event.LINK_CLOSED, WorkerState.DEAD,
              Event.EXITED, WorkerState.DEAD,
              Event.GRACE_PASSED, WorkerState.DEAD,
              Event.LINGERED, WorkerState.KILLED,
              Event.END_WANTED, WorkerState.LOST),
          WorkerState.ENDING,
          Map.of(
              Event.LINK_CLOSED, WorkerState.ENDING,
              Event.END_WANTED, WorkerState.ENDING,
              Event.EXITED, WorkerState.DEAD,
              Event.LAUNCH_FAILED, WorkerState.DEAD,
              Event.GRACE_PASSED, WorkerState.KILLED),
          WorkerState.KILLED,
          Map.of(
              Event.LINK_CLOSED, WorkerState.KILLED,
              Event.END_WANTED, WorkerState.KILLED,
              Event.EXITED, WorkerState.DEAD,
              Event.LAUNCH_FAILED, WorkerState.DEAD));

  @Test
  void shouldGiveAShareOfTheHeapWhenNobodyAsksForMemory() {
    ready();
    want(1, LeaseKind.SHARED);
    want(2, LeaseKind.ACTOR);
    assertThat(effects.take()).containsExactly("launch 1 SHARED", "launch 2 ACTOR");
    assertThat(effects.heapOf(1)).isEqualTo(GIB / 2);
    assertThat(effects.heapOf(2)).isEqualTo(GIB / 8);
  }

  @Test
  void shouldStartALargerProcessWhenTheIdleOneIsTooSmall() {
    ready();
    want(1, LeaseKind.PROCESS, memory(GIB));
    assertThat(effects.take()).containsExactly("launch 1 PROCESS");
    assertThat(effects.heapOf(1)).isEqualTo(GIB);
    pool.registered(1, 100, now);
    pool.releaseSlot(1, now);
    want(2, LeaseKind.PROCESS, memory(2 * GIB));
    want(3, LeaseKind.PROCESS, memory(GIB / 2));
    assertThat(effects.take()).containsExactly("ready 1 in 1", "launch 2 PROCESS", "ready 3 in 1");
    assertThat(effects.heapOf(2)).isEqualTo(2 * GIB);
  }

  @Test
  void shouldGiveTheHeapOfTheDeadToTheNextWhenWorkersEnd() {
    ready();
    want(1, LeaseKind.SHARED);
    pool.registered(1, 100, now);
    pool.releaseSlot(1, now);
    pool.jobEnded(JOB, "test", now);
    pool.exited(1, "exit code 0", now);
    pool.linkClosed(1, "closed", now);
    ready();
    want(2, LeaseKind.SHARED);
    assertThat(effects.heapOf(2)).isEqualTo(GIB / 2);
  }

  private static ResourceSet memory(long bytes) {
    return ResourceSet.of(ResourceSet.MEMORY, bytes * ResourceSet.UNIT);
  }

  /** A job whose class path is there; nothing is started yet. */
  private void ready() {
    pool.jobStarted(JOB, false, now);
    want(1_000, LeaseKind.SHARED);
    pool.releaseSlot(1_000, now);
    pool.classPathReady(JOB, now);
    effects.take();
  }

  private void want(long lease, LeaseKind kind) {
    want(lease, kind, ResourceSet.NONE);
  }

  private void want(long lease, LeaseKind kind, ResourceSet resources) {
    pool.wantSlot(lease, new LeaseRequest(1, lease, JOB, resources, kind, false, "thing"), now);
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
