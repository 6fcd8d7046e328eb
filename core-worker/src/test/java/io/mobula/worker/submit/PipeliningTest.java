package io.mobula.worker.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.ReturnedTasks;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many tasks are at a worker, how long a lease is kept, and what is called back. */
final class PipeliningTest {
  private static final long LEASE = 1;

  private final SubmitterRig rig = new SubmitterRig();

  @Test
  void shouldPushOneAtATimeWhenTheRunTimeIsUnknown() {
    PendingTask a = rig.task("a", 0);
    rig.submit(a);
    rig.submit("b", "c");
    rig.grant(rig.requests().getFirst(), LEASE, SubmitterRig.WORKER);
    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("a"));

    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(a, 5_000_000));

    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("b"));
  }

  @Test
  void shouldPushUpToTheDepthWhenTasksAreShort() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    rig.outbox.setCongested(SubmitterRig.WORKER, true);
    List<PendingTask> tasks = new ArrayList<>();
    for (int i = 0; i < PipelinePolicy.DEPTH_MAX + 10; i++) {
      tasks.add(rig.task("task " + i, 0));
      rig.submit(tasks.getLast());
    }
    assertThat(rig.pushed(SubmitterRig.WORKER)).isEmpty();
    rig.outbox.setCongested(SubmitterRig.WORKER, false);

    rig.submitter.onWritable(rig.nowNanos);

    assertThat(rig.pushed(SubmitterRig.WORKER))
        .singleElement()
        .satisfies(names -> assertThat(names).hasSize(PipelinePolicy.DEPTH_MAX));
    rig.reply(
        LEASE,
        SubmitterRig.WORKER,
        SubmitterRig.done(tasks.get(0), SubmitterRig.SHORT_NANOS),
        SubmitterRig.done(tasks.get(1), SubmitterRig.SHORT_NANOS));
    assertThat(rig.pushed(SubmitterRig.WORKER))
        .containsExactly(
            List.of("task " + PipelinePolicy.DEPTH_MAX, "task " + (PipelinePolicy.DEPTH_MAX + 1)));
  }

  @Test
  void shouldTakeAnswersInAnyOrderAndOnceWhenTheyAreRepeated() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    PendingTask a = rig.task("a", 0);
    PendingTask b = rig.task("b", 0);
    rig.submit(a);
    rig.submit(b);

    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(b, 1));
    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(b, 1), SubmitterRig.done(a, 1));

    assertThat(rig.completed.keySet()).containsExactly("b", "a");
    assertThat(rig.submitter.unfinished()).isZero();
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldReturnTheLeaseWhenItWasIdleForTheLingerTime() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    rig.nowNanos += TaskSubmitter.LINGER_NANOS - 1;
    assertThat(rig.submitter.onTick(rig.nowNanos)).isPositive();
    assertThat(rig.outbox.take()).isEmpty();

    rig.nowNanos++;

    assertThat(rig.submitter.onTick(rig.nowNanos)).isEqualTo(-1);
    Packet back = rig.outbox.takeOnly(BodyCase.RETURN_LEASE);
    assertThat(back.getTo()).isEqualTo(SubmitterRig.RAYLET);
    assertThat(back.getReturnLease().getLease()).isEqualTo(LEASE);
    assertThat(rig.submitter.heldLeases()).isZero();
  }

  @Test
  void shouldUseTheIdleLeaseWhenATaskComesInTheLingerTime() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    rig.nowNanos += TaskSubmitter.LINGER_NANOS - 1;
    rig.submit("late");
    rig.nowNanos++;
    rig.submitter.onTick(rig.nowNanos);

    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("late"));
    assertThat(rig.outbox.take()).isEmpty();
  }

  @Test
  void shouldRecallOnceWhenTasksWaitBehindASlowOne() {
    PendingTask slow = slowWithTwoBehind();
    rig.nowNanos += TaskSubmitter.RECALL_NANOS - 1;
    rig.submitter.onTick(rig.nowNanos);
    assertThat(rig.outbox.take()).isEmpty();

    rig.nowNanos++;
    rig.submitter.onTick(rig.nowNanos);
    rig.submitter.onTick(rig.nowNanos + TaskSubmitter.RECALL_NANOS);

    Packet recall = rig.outbox.takeOnly(BodyCase.RECALL_TASKS);
    assertThat(recall.getTo()).isEqualTo(SubmitterRig.WORKER);
    assertThat(recall.getRecallTasks().getLease()).isEqualTo(LEASE);
    assertThat(rig.submitter.unfinished()).isEqualTo(3);
    assertThat(slow.attempt()).isZero();
  }

  @Test
  void shouldRunTheRecalledElsewhereInOrderWhenTheyComeBack() {
    PendingTask slow = slowWithTwoBehind();
    rig.nowNanos += TaskSubmitter.RECALL_NANOS;
    rig.submitter.onTick(rig.nowNanos);
    rig.submit("younger");
    rig.outbox.take();

    returned(slow.sequence() + 1, slow.sequence() + 2);

    List<Long> requests = rig.requests();
    assertThat(requests).hasSize(2);
    rig.grant(requests.getFirst(), 2, SubmitterRig.OTHER_WORKER);
    assertThat(rig.pushed(SubmitterRig.OTHER_WORKER)).containsExactly(List.of("b"));
    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(slow, 50_000_000));
    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("c"));
  }

  @Test
  void shouldPushNothingOnALeaseWhileItsRecallIsOpen() {
    slowWithTwoBehind();
    rig.nowNanos += TaskSubmitter.RECALL_NANOS;
    rig.submitter.onTick(rig.nowNanos);
    rig.submit("d");
    assertThat(rig.pushed(SubmitterRig.WORKER)).isEmpty();
    assertThat(rig.requests()).hasSize(1);
  }

  @Test
  void shouldKeepThePipelineFlowingWhenTheRecallCameTooLate() {
    PendingTask slow = slowWithTwoBehind();
    rig.nowNanos += TaskSubmitter.RECALL_NANOS;
    rig.submitter.onTick(rig.nowNanos);
    rig.reply(LEASE, SubmitterRig.WORKER, SubmitterRig.done(slow, 50_000_000));

    returned();

    assertThat(rig.submitter.unfinished()).isEqualTo(2);
    assertThat(rig.outbox.take(BodyCase.REQUEST_LEASE)).isEmpty();
  }

  @Test
  void shouldAskForAnotherLeaseWhenTheRunningTaskBlocks() {
    PendingTask slow = slowWithTwoBehind();

    rig.submitter.onBlocked(LEASE, true, SubmitterRig.WORKER, rig.nowNanos);
    returned(slow.sequence() + 1, slow.sequence() + 2);

    assertThat(rig.pushed(SubmitterRig.WORKER)).isEmpty();
    assertThat(rig.requests()).hasSize(2);
  }

  @Test
  void shouldKeepABlockedLeaseAndUseItWhenItGoesOn() {
    PendingTask slow = slowWithTwoBehind();
    rig.submitter.onBlocked(LEASE, true, SubmitterRig.WORKER, rig.nowNanos);
    returned(slow.sequence() + 1, slow.sequence() + 2);
    rig.nowNanos += 10 * TaskSubmitter.LINGER_NANOS;
    rig.submitter.onTick(rig.nowNanos);
    assertThat(rig.outbox.take(BodyCase.RETURN_LEASE)).isEmpty();
    assertThat(rig.outbox.take(BodyCase.RECALL_TASKS)).isEmpty();

    rig.submitter.onBlocked(LEASE, false, SubmitterRig.WORKER, rig.nowNanos);

    assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("b", "c"));
  }

  @Test
  void shouldRunATaskLaterWhenItsArgumentIsOutOfReachAndFailItInTheEnd() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    PendingTask task = rig.task("far", 0);
    rig.submit(task);
    int pushes = 0;
    while (rig.completed.get("far") == null) {
      assertThat(rig.pushed(SubmitterRig.WORKER)).containsExactly(List.of("far"));
      assertThat(task.attempt()).isZero();
      pushes++;
      rig.submitter.onReturned(
          ReturnedTasks.newBuilder()
              .setLease(LEASE)
              .addTasks(task.sequence())
              .setUnreachable(Failures.of(FailureKind.OBJECT_UNREACHABLE, "node 2: refused"))
              .build(),
          SubmitterRig.WORKER,
          rig.nowNanos);
    }
    assertThat(pushes).isEqualTo(5);
    assertThat(((Outcome.Failed) rig.completed.get("far")).failure())
        .satisfies(failure -> {
          assertThat(failure.getKind()).isEqualTo(FailureKind.OBJECT_UNREACHABLE);
          assertThat(failure.getMessage()).contains("task=far", "node 2: refused");
        });
  }

  @Test
  void shouldIgnoreNewsOfALeaseThatIsNotHeld() {
    rig.submit("a");
    rig.outbox.take();
    rig.submitter.onBlocked(77, true, SubmitterRig.WORKER, rig.nowNanos);
    rig.submitter.onReturned(
        ReturnedTasks.newBuilder().setLease(77).addTasks(1).build(),
        SubmitterRig.WORKER,
        rig.nowNanos);
    rig.reply(77, SubmitterRig.WORKER, SubmitterRig.done(rig.task("x", 0), 1));
    assertThat(rig.outbox.take()).isEmpty();
    assertThat(rig.completed).isEmpty();
  }

  private PendingTask slowWithTwoBehind() {
    rig.warmUp(LEASE, SubmitterRig.WORKER);
    PendingTask slow = rig.task("slow", 0);
    rig.submit(slow);
    rig.submit("b", "c");
    assertThat(rig.pushed(SubmitterRig.WORKER)).hasSize(3);
    return slow;
  }

  private void returned(Long... sequences) {
    rig.submitter.onReturned(
        ReturnedTasks.newBuilder().setLease(LEASE).addAllTasks(List.of(sequences)).build(),
        SubmitterRig.WORKER,
        rig.nowNanos);
  }
}
