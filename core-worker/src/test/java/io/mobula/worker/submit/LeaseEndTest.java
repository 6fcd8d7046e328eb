package io.mobula.worker.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Isolation;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.RequestLease;
import io.mobula.proto.ReturnedTasks;
import io.mobula.proto.TaskSpec;
import io.mobula.proto.WorkerEnd;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who pays for the death of a worker, and what comes back from a lease that ends. */
final class LeaseEndTest {
  private static final long LEASE = 1;
  private static final long NEXT = 2;
  private static final long REMOTE_WORKER = ProcessAddress.of(2, 5);

  private final SubmitterRig rig = new SubmitterRig();

  @Test
  void shouldPushAgainWithoutChargeWhenTheTaskHadNotStarted() {
    rig.submit(rig.task("behind", 0));
    grant(LEASE, SubmitterRig.WORKER);

    rig.end(LEASE, 1);

    RequestLease request = request();
    assertThat(request.getIsolation()).isEqualTo(Isolation.SHARED);
    rig.grant(request.getRequest(), NEXT, SubmitterRig.OTHER_WORKER);
    assertThat(pushed().getAttempt()).isZero();
    assertThat(rig.completed).isEmpty();
  }

  @Test
  void shouldFailAndNameTheCompanyWhenItMustNotRunTwice() {
    PendingTask task = rig.task("a", 0);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);

    rig.end(LEASE, SubmitterRig.record(4, task).addLastLines("no memory").addLastLines("left"));

    assertThat(rig.failure("a").getKind()).isEqualTo(FailureKind.WORKER_DIED);
    assertThat(rig.failure("a").getMessage())
        .contains(
            "task=a",
            "signal 9",
            "attempts=1",
            "one of 4 tasks running in that worker",
            "no memory | left");
  }

  @Test
  void shouldRunAloneWithoutChargeWhenOthersWereRunningThere() {
    PendingTask task = rig.task("suspect", 1);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);

    rig.end(LEASE, 3, task);

    RequestLease request = request();
    assertThat(request.getIsolation()).isEqualTo(Isolation.PROCESS);
    rig.grant(request.getRequest(), NEXT, SubmitterRig.OTHER_WORKER);
    assertThat(pushed().getAttempt()).isEqualTo(1);

    // It has all its attempts left: two.
    rig.end(NEXT, 1, task);
    rig.grant(request().getRequest(), 3, SubmitterRig.WORKER);
    assertThat(pushed().getAttempt()).isEqualTo(2);
    rig.end(3, 1, task);
    assertThat(rig.failure("suspect").getMessage())
        .contains("attempts=2 (and 1 beside other tasks", "alone in that worker");
  }

  @Test
  void shouldChargeWhenItWasAloneThere() {
    PendingTask task = rig.task("poison", 1);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);
    rig.end(LEASE, 1, task);
    RequestLease request = request();
    assertThat(request.getIsolation()).isEqualTo(Isolation.PROCESS);
    rig.grant(request.getRequest(), NEXT, SubmitterRig.OTHER_WORKER);

    rig.end(NEXT, 1, task);

    assertThat(rig.failure("poison").getMessage()).contains("attempts=2;", "alone in that worker");
  }

  @Test
  void shouldTellRunningFromQueuedAndEndedWhenSeveralWereInFlight() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    PendingTask ended = rig.task("ended", 0);
    PendingTask running = rig.task("running", 0);
    PendingTask queued = rig.task("queued", 0);
    rig.outbox.setCongested(SubmitterRig.WORKER, true);
    List.of(ended, running, queued).forEach(rig::submit);
    rig.outbox.setCongested(SubmitterRig.WORKER, false);
    rig.submitter.onWritable(rig.nowNanos);
    rig.outbox.take();

    rig.end(LEASE, 2, ended, running);

    assertThat(rig.failure("ended").getMessage()).contains("its answer was lost");
    assertThat(rig.failure("running").getMessage()).contains("one of 2 tasks");
    rig.grant(request().getRequest(), NEXT, SubmitterRig.OTHER_WORKER);
    assertThat(pushed().getName()).isEqualTo("queued");
  }

  @Test
  void shouldNotTakeAnOlderAttemptForThisOneWhenOnlyThatHadStarted() {
    PendingTask task = rig.task("a", 1);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);
    WorkerEnd.Builder older = SubmitterRig.record(1, task);
    rig.end(LEASE, 1, task);
    rig.grant(request().getRequest(), NEXT, SubmitterRig.OTHER_WORKER);
    rig.outbox.take();

    rig.end(NEXT, older);

    rig.grant(request().getRequest(), 3, SubmitterRig.WORKER);
    assertThat(pushed().getAttempt()).isEqualTo(1);
  }

  @Test
  void shouldChargeWithoutIsolationWhenTheWorkerWasToldToEnd() {
    PendingTask task = rig.task("a", 1);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);
    rig.end(LEASE, SubmitterRig.record(3, task).setIsExpected(true));
    RequestLease request = request();
    assertThat(request.getIsolation()).isEqualTo(Isolation.SHARED);
    rig.grant(request.getRequest(), NEXT, SubmitterRig.OTHER_WORKER);
    assertThat(pushed().getAttempt()).isEqualTo(1);
    assertThat(task.excused()).isZero();
  }

  @Test
  void shouldCountWhateverWasPushedAsStartedWhenNothingIsRecorded() {
    rig.submit(rig.task("once", 0));
    grant(LEASE, SubmitterRig.WORKER);
    rig.end(LEASE, WorkerEnd.newBuilder());
    assertThat(rig.failure("once").getMessage()).contains("attempts=1", "is not known");
  }

  @Test
  void shouldCountAsStartedButSuspectNobodyWhenTheNodeIsGone() {
    rig.submit(rig.task("once", 0));
    rig.grant(request().getRequest(), LEASE, REMOTE_WORKER);
    PendingTask again = rig.task("again", 1);
    rig.submit(again);
    rig.grant(request().getRequest(), NEXT, ProcessAddress.of(2, 6));
    rig.outbox.take();

    rig.die(ProcessAddress.of(2, 0));

    assertThat(rig.failure("once").getMessage()).contains("node is dead or out of reach");
    RequestLease request = request();
    assertThat(request.getIsolation()).isEqualTo(Isolation.SHARED);
    rig.grant(request.getRequest(), 3, SubmitterRig.WORKER);
    assertThat(pushed().getAttempt()).isEqualTo(1);
  }

  @Test
  void shouldFailAtLastWhenWorkersDieBeforeItStartsThere() {
    rig.submit(rig.task("too large", 3));
    for (int round = 1; round <= BlamePolicy.LOST_PUSHES_MAX; round++) {
      RequestLease request = request();
      assertThat(request.getIsolation())
          .isEqualTo(
              round <= BlamePolicy.LOST_PUSHES_IN_COMPANY ? Isolation.SHARED : Isolation.PROCESS);
      rig.grant(request.getRequest(), round, ProcessAddress.of(1, 10 + round));
      rig.outbox.take();
      rig.end(round, 0);
    }
    assertThat(rig.failure("too large").getMessage()).contains("attempts=0", "8 workers");
  }

  @Test
  void shouldWaitForTheRayletsAccountWhenTheDeathIsHeardOfFirst() {
    PendingTask task = rig.task("a", 0);
    rig.submit(task);
    rig.grant(request().getRequest(), LEASE, REMOTE_WORKER);
    rig.outbox.take();

    rig.hearOfDeath(REMOTE_WORKER, false);
    rig.submit("b");

    assertThat(rig.completed).isEmpty();
    assertThat(rig.pushed(REMOTE_WORKER)).isEmpty();
    rig.end(LEASE, 1);
    rig.grant(rig.requests().getFirst(), NEXT, SubmitterRig.WORKER);
    assertThat(rig.completed).isEmpty();
    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("a"));
  }

  @Test
  void shouldCountAsStartedWhenTheAccountNeverComes() {
    rig.submit(rig.task("a", 0));
    rig.grant(request().getRequest(), LEASE, REMOTE_WORKER);
    rig.hearOfDeath(REMOTE_WORKER, false);
    rig.nowNanos += TaskSubmitter.UNTOLD_NANOS - 1;
    rig.submitter.onTick(rig.nowNanos);
    assertThat(rig.completed).isEmpty();

    rig.nowNanos++;
    assertThat(rig.submitter.onTick(rig.nowNanos)).isNegative();

    assertThat(rig.failure("a").getKind()).isEqualTo(FailureKind.WORKER_DIED);
  }

  @Test
  void shouldNotWaitForAnAccountWhenTheWorkerIsOutOfReach() {
    rig.submit(rig.task("a", 0));
    rig.grant(request().getRequest(), LEASE, REMOTE_WORKER);
    rig.hearOfDeath(REMOTE_WORKER, true);
    assertThat(rig.failure("a").getMessage()).contains("out of reach");
    assertThat(rig.submitter.heldLeases()).isZero();
  }

  @Test
  void shouldPushNoMoreAndTakeTheAnswersWhenTheWorkerClosesTheLease() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    PendingTask running = rig.task("running", 0);
    rig.submit(running);
    rig.outbox.take();
    rig.close(LEASE);
    rig.submit("next");

    assertThat(rig.pushed(SubmitterRig.WORKER)).isEmpty();
    assertThat(rig.submitter.heldLeases()).isEqualTo(1);
    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(running, SubmitterRig.SHORT_NANOS));
    assertThat(rig.completed).containsOnlyKeys("running");
    assertThat(rig.submitter.heldLeases()).isZero();
    assertThat(rig.outbox.take(BodyCase.RETURN_LEASE)).isEmpty();
  }

  @Test
  void shouldLoseWhatIsInFlightWhenTheWorkerClosesTheLeaseAndDies() {
    rig.submit(rig.task("a", 0));
    grant(LEASE, SubmitterRig.WORKER);
    rig.close(LEASE);
    assertThat(rig.completed).isEmpty();
    rig.hearOfDeath(SubmitterRig.WORKER, false);
    assertThat(rig.failure("a").getKind()).isEqualTo(FailureKind.WORKER_DIED);
  }

  @Test
  void shouldAskForAnotherLeaseWhenTheWorkerSaysThatThisOneIsClosed() {
    PendingTask task = rig.task("a", 0);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);

    rig.submitter.onReturned(
        ReturnedTasks.newBuilder()
            .setLease(LEASE)
            .addTasks(task.sequence())
            .setClosed(true)
            .build(),
        SubmitterRig.WORKER,
        rig.nowNanos);

    assertThat(rig.pushed(SubmitterRig.WORKER)).isEmpty();
    assertThat(rig.submitter.heldLeases()).isZero();
  }

  @Test
  void shouldKeepALeaseInUseWhenItsGrantIsRepeated() {
    rig.submit(rig.task("a", 0));
    grant(LEASE, SubmitterRig.WORKER);
    rig.grant(99, LEASE, SubmitterRig.WORKER);
    assertThat(rig.outbox.take(BodyCase.RETURN_LEASE)).isEmpty();
    assertThat(rig.submitter.heldLeases()).isEqualTo(1);
  }

  @Test
  void shouldReturnTheLeaseWhenItsTaskEndsAndItWasNotHeardToGoOn() {
    PendingTask task = rig.task("a", 0);
    rig.submit(task);
    grant(LEASE, SubmitterRig.WORKER);
    rig.submitter.onBlocked(LEASE, true, SubmitterRig.WORKER, rig.nowNanos);
    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(task, SubmitterRig.SHORT_NANOS));
    rig.nowNanos += TaskSubmitter.LINGER_NANOS;
    rig.submitter.onTick(rig.nowNanos);
    assertThat(rig.outbox.take(BodyCase.RETURN_LEASE)).hasSize(1);
  }

  @Test
  void shouldPushNoFurtherThanTheWorkerRemembersWhenTheOldestIsNotAnswered() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    PendingTask slowToAnswer = rig.task("first", 0);
    rig.submit(slowToAnswer);
    for (int i = 1; i < PipelinePolicy.WINDOW; i++) {
      PendingTask task = rig.task("task " + i, 0);
      rig.submit(task);
      rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(task, SubmitterRig.SHORT_NANOS));
    }
    rig.outbox.take();
    rig.submit("beyond");
    assertThat(rig.pushed(SubmitterRig.WORKER)).isEmpty();

    rig.reply(
        LEASE, SubmitterRig.WORKER, SubmitterRig.done(slowToAnswer, SubmitterRig.SHORT_NANOS));

    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("beyond"));
    assertThat(io.mobula.agent.board.BoardLayout.MARKS)
        .isGreaterThanOrEqualTo(2 * PipelinePolicy.WINDOW);
  }

  /** Grants the one open request; what is pushed then has been looked at. */
  private void grant(long lease, long worker) {
    rig.grant(request().getRequest(), lease, worker);
    rig.outbox.take();
  }

  private RequestLease request() {
    return rig.outbox.take(BodyCase.REQUEST_LEASE).getLast().getRequestLease();
  }

  private TaskSpec pushed() {
    Packet push = rig.outbox.takeOnly(BodyCase.PUSH_TASKS);
    return push.getPushTasks().getTasks(0);
  }
}
