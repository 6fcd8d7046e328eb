package io.mobula.worker.execute;

import static io.mobula.worker.execute.ExecuteRig.spec;
import static io.mobula.worker.execute.ExecuteRig.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.PushTasks;
import io.mobula.proto.ReturnedTasks;
import io.mobula.proto.StoreFailure;
import io.mobula.proto.TaskReply;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.function.RemoteMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A lease's tasks at the worker: started in order, given back, revoked, answered. */
final class TaskSlotsTest {
  private static final long LEASE = 5;

  private final ExecuteRig rig = new ExecuteRig();

  @Test
  void shouldQueueInOrderOnOneThreadALease() {
    rig.push(LEASE, spec(1), spec(2));
    rig.push(LEASE, spec(3));
    rig.push(6, spec(4));
    assertThat(queue().names()).containsExactly("t1", "t2", "t3");
    assertThat(queue(6).names()).containsExactly("t4");
    assertThat(rig.slots.size()).isEqualTo(2);
  }

  @Test
  void shouldAnswerAllOfATurnInOnePacket() {
    rig.push(LEASE, spec(1), spec(2));
    finish(0);
    finish(1);
    rig.replies.flush();
    Packet answer = rig.outbox.takeOnly(BodyCase.TASK_REPLIES);
    assertThat(answer.getTo()).isEqualTo(ExecuteRig.OWNER);
    assertThat(answer.getTaskReplies().getLease()).isEqualTo(LEASE);
    assertThat(answer.getTaskReplies().getRepliesCount()).isEqualTo(2);
  }

  @Test
  void shouldGiveBackWhatHasNotStartedWhenRecalled() {
    rig.push(LEASE, spec(1), spec(2), spec(3));
    assertThat(queue().added.getFirst().start()).isTrue();

    rig.slots.onRecall(ExecuteRig.OWNER, LEASE);

    assertThat(rig.returned()).containsExactly(List.of(2L, 3L));
    assertThat(queue().added.get(1).start()).isFalse();
  }

  @Test
  void shouldStartNothingThatWaitsWhenTheProcessLeavesTheCluster() {
    rig.push(LEASE, spec(1), spec(2));
    Execution waiting = queue().added.getFirst();
    assertThat(waiting.yieldArguments()).isTrue();

    rig.slots.end();

    assertThat(waiting.isYielded()).isFalse();
    assertThat(waiting.start(() -> true)).isFalse();
    assertThat(queue().added.get(1).start()).isFalse();
    assertThat(queue().ends).isNotEmpty();
  }

  @Test
  void shouldAnswerARecallEvenWhenThereIsNothingToGiveBack() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    rig.slots.onRecall(ExecuteRig.OWNER, LEASE);
    assertThat(rig.returned()).containsExactly(List.of());
  }

  @Test
  void shouldTellBothAndGiveBackWhenTheRunningTaskBlocks() {
    rig.push(LEASE, spec(1), spec(2));
    queue().added.getFirst().start();

    rig.slots.onBlocked(LEASE, true);

    assertThat(rig.outbox.take(BodyCase.LEASE_BLOCKED))
        .extracting(Packet::getTo)
        .containsExactly(ExecuteRig.RAYLET, ExecuteRig.OWNER);
    assertThat(rig.returned()).containsExactly(List.of(2L));
  }

  @Test
  void shouldGiveBackAtOnceWhatWasPushedBeforeTheOwnerHeardOfTheBlock() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    rig.slots.onBlocked(LEASE, true);

    rig.push(LEASE, spec(2), spec(3));

    assertThat(rig.returned()).containsExactly(List.of(2L, 3L));
    rig.slots.onBlocked(LEASE, false);
    rig.push(LEASE, spec(4));
    assertThat(rig.returned()).isEmpty();
    assertThat(queue().added.getLast().start()).isTrue();
  }

  @Test
  void shouldGoOnWhenATaskEndsThatWasBlocked() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    rig.slots.onBlocked(LEASE, true);
    rig.outbox.take();

    finish(0);

    assertThat(rig.outbox.take(BodyCase.LEASE_BLOCKED))
        .extracting(packet -> packet.getLeaseBlocked().getBlocked())
        .containsExactly(false, false);
    rig.push(LEASE, spec(2));
    assertThat(rig.returned()).isEmpty();
  }

  @Test
  void shouldNotBlockWhenAThreadWaitsThatATaskLeftBehind() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    finish(0);
    rig.push(LEASE, spec(2));
    rig.outbox.take();

    rig.slots.onBlocked(LEASE, true);

    assertThat(rig.outbox.take()).isEmpty();
    assertThat(queue().added.getLast().start()).isTrue();
  }

  @Test
  void shouldInterruptAndCloseOnceWhenRevokedWhileOneRuns() {
    rig.push(LEASE, spec(1), spec(2));
    queue().added.getFirst().start();

    rig.slots.onRevoke(LEASE);

    assertThat(queue().ends).containsExactly(true);
    assertThat(rig.returned()).containsExactly(List.of(2L));
    assertThat(rig.outbox.take(BodyCase.LEASE_CLOSED)).isEmpty();
    finish(0);
    rig.slots.onClosed(LEASE);
    rig.slots.onClosed(LEASE);
    Packet closed = rig.outbox.takeOnly(BodyCase.LEASE_CLOSED);
    assertThat(closed.getTo()).isEqualTo(ExecuteRig.RAYLET);
    assertThat(closed.getLeaseClosed().getLease()).isEqualTo(LEASE);
    assertThat(rig.slots.size()).isZero();
  }

  @Test
  void shouldEndWithoutInterruptWhenRevokedWhileIdle() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    finish(0);
    rig.slots.onRevoke(LEASE);
    assertThat(queue().ends).containsExactly(false);
  }

  @Test
  void shouldStartNothingWhenItIsPushedAfterTheRevocation() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    rig.slots.onRevoke(LEASE);
    rig.outbox.take();

    rig.push(LEASE, spec(2));

    assertThat(rig.returned()).containsExactly(List.of(2L));
    assertThat(queue().names()).containsExactly("t1");
  }

  @Test
  void shouldCloseAtOnceWhenALeaseWithoutSlotIsRevoked() {
    rig.slots.onRevoke(LEASE);
    rig.outbox.takeOnly(BodyCase.LEASE_CLOSED);
    assertThat(rig.queues).isEmpty();
  }

  @Test
  void shouldGiveBackAndMakeNoSlotWhenItIsPushedOnALeaseThatHadNone() {
    rig.slots.onRevoke(LEASE);
    rig.outbox.take();

    rig.push(LEASE, spec(1), spec(2));

    ReturnedTasks returned = rig.outbox.takeOnly(BodyCase.RETURNED_TASKS).getReturnedTasks();
    assertThat(returned.getTasksList()).containsExactly(1L, 2L);
    assertThat(returned.getClosed()).isTrue();
    assertThat(rig.queues).isEmpty();
    assertThat(rig.slots.size()).isZero();
  }

  @Test
  void shouldGiveBackAndMakeNoSlotWhenItIsPushedAfterTheEnd() {
    rig.push(LEASE, spec(1));
    queue().added.getFirst().start();
    finish(0);
    rig.slots.onRevoke(LEASE);
    rig.slots.onClosed(LEASE);
    rig.outbox.take();

    rig.push(LEASE, spec(2));

    assertThat(rig.returned()).containsExactly(List.of(2L));
    assertThat(rig.slots.size()).isZero();
  }

  @Test
  void shouldSayThatTheLeaseIsClosedWhenItIsRecalledAfterTheEnd() {
    rig.slots.onRevoke(LEASE);
    rig.outbox.take();
    rig.slots.onRecall(ExecuteRig.OWNER, LEASE);
    Packet returned = rig.outbox.takeOnly(BodyCase.RETURNED_TASKS);
    assertThat(returned.getTo()).isEqualTo(ExecuteRig.OWNER);
    assertThat(returned.getReturnedTasks().getClosed()).isTrue();
  }

  @Test
  void shouldAnswerWhatRanAndGiveBackTheRestWhenTheThreadEndsByItself() {
    rig.push(LEASE, spec(1), spec(2), spec(3, stored(100)));
    queue().added.getFirst().start();

    rig.slots.onClosed(LEASE);

    ReturnedTasks returned = rig.outbox.takeOnly(BodyCase.RETURNED_TASKS).getReturnedTasks();
    assertThat(returned.getTasksList()).containsExactly(2L, 3L);
    assertThat(returned.getClosed()).isTrue();
    rig.replies.flush();
    TaskReply reply = rig.outbox.takeOnly(BodyCase.TASK_REPLIES).getTaskReplies().getReplies(0);
    assertThat(reply.getSequence()).isEqualTo(1);
    assertThat(reply.getFailure().getMessage()).contains("t1", "without an answer");
    assertThat(rig.outbox.take(BodyCase.LEASE_CLOSED)).hasSize(1);
    assertThat(queue().added.get(1).start()).isFalse();
  }

  @Test
  void shouldStartNothingMoreOfADeadOwner() {
    rig.push(LEASE, spec(1), spec(2));
    queue().added.getFirst().start();
    rig.slots.onProcessDied(io.mobula.agent.id.ProcessAddress.of(2, 0));
    assertThat(queue().added.get(1).start()).isFalse();
  }

  @Test
  void shouldQueueATaskOnlyWhenItsStoredArgumentsAreHere() {
    rig.push(LEASE, spec(1, stored(100)), spec(2));
    assertThat(queue().names()).containsExactly("t2");

    rig.arrive();

    assertThat(queue().names()).containsExactly("t2", "t1");
    assertThat(queue().added.getLast().mappings()[0]).isNotNull();
  }

  @Test
  void shouldLetGoOfArgumentsOnceWhenTheTaskIsOver() {
    rig.push(LEASE, spec(1, stored(100), stored(100)));
    rig.arrive();
    finish(0);
    rig.outbox.takeOnly(BodyCase.RELEASE_OBJECT);
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldLetGoOfArgumentsThatComeAfterTheTaskWasGivenBack() {
    rig.push(LEASE, spec(1, stored(100)));
    rig.slots.onRecall(ExecuteRig.OWNER, LEASE);
    assertThat(rig.returned()).containsExactly(List.of(1L));

    rig.arrive();

    assertThat(queue().added).isEmpty();
    rig.outbox.takeOnly(BodyCase.RELEASE_OBJECT);
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldAnswerTheFailureOnceAndLetGoWhenAnArgumentCantBeBrought() {
    rig.push(LEASE, spec(1, stored(100), stored(101), stored(102)));
    List<Packet> fetches = rig.outbox.take(BodyCase.FETCH_OBJECT);
    rig.arrive(fetches.get(0));
    for (Packet fetch : fetches.subList(1, 3)) {
      rig.outbox.answer(
          fetch,
          Packet.newBuilder()
              .setStoreFailure(
                  StoreFailure.newBuilder()
                      .setFailure(Failures.of(FailureKind.STORE_FULL, "full"))));
    }

    assertThat(rig.answered(ExecuteRig.OWNER)).containsExactly(1L);
    assertThat(queue().added).isEmpty();
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldGiveTheTaskBackOnceWithoutAnAnswerWhenAnArgumentIsLost() {
    rig.push(LEASE, spec(1, stored(100), stored(101), stored(102)), spec(2));
    List<Packet> fetches = rig.outbox.take(BodyCase.FETCH_OBJECT);
    rig.arrive(fetches.get(0));
    for (Packet fetch : fetches.subList(1, 3)) {
      rig.outbox.answer(
          fetch,
          Packet.newBuilder()
              .setStoreFailure(
                  StoreFailure.newBuilder()
                      .setFailure(Failures.of(FailureKind.OBJECT_LOST, "no copy"))));
    }

    ReturnedTasks returned = rig.outbox.takeOnly(BodyCase.RETURNED_TASKS).getReturnedTasks();
    assertThat(returned.getTasksList()).containsExactly(1L);
    assertThat(returned.getLostList()).containsExactly(stored(101).getStored());
    assertThat(rig.answered(ExecuteRig.OWNER)).isEmpty();
    assertThat(queue().names()).containsExactly("t2");
    assertThat(rig.shared.size()).isZero();
  }

  @Test
  void shouldGiveTheTaskBackWithTheReasonWhenAnArgumentIsOutOfReach() {
    rig.push(LEASE, spec(1, stored(100)), spec(2));
    Failure failure = Failures.of(FailureKind.OBJECT_UNREACHABLE, "node 2: refused");
    rig.outbox.answer(
        rig.outbox.takeOnly(BodyCase.FETCH_OBJECT),
        Packet.newBuilder().setStoreFailure(StoreFailure.newBuilder().setFailure(failure)));

    ReturnedTasks returned = rig.outbox.takeOnly(BodyCase.RETURNED_TASKS).getReturnedTasks();
    assertThat(returned.getTasksList()).containsExactly(1L);
    assertThat(returned.getUnreachable()).isEqualTo(failure);
    assertThat(returned.getLostList()).isEmpty();
    assertThat(rig.answered(ExecuteRig.OWNER)).isEmpty();
    assertThat(queue().names()).containsExactly("t2");
  }

  @Test
  void shouldFailTheTaskAloneAndSayWhichFunctionWhenItWasNeverDefined() {
    rig.slots.onPush(
        ExecuteRig.OWNER,
        PushTasks.newBuilder().setLease(LEASE).addTasks(spec(1)).build(),
        rig.methods);
    rig.push(LEASE, spec(2));

    assertThat(queue().names()).containsExactly("t1", "t2");
    assertThatThrownBy(() -> queue().added.getFirst().method().handle())
        .isInstanceOf(RemoteMethod.DefinitionProblem.class)
        .hasMessageContaining("function=1")
        .hasMessageContaining("process 2.1");
  }

  private ExecuteRig.ListQueue queue() {
    return queue(LEASE);
  }

  private ExecuteRig.ListQueue queue(long lease) {
    ExecuteRig.ListQueue queue = rig.queues.get(lease);
    if (queue == null) {
      throw new AssertionError("no slot");
    }
    return queue;
  }

  private void finish(int index) {
    Execution execution = queue().added.get(index);
    rig.slots.onFinished(execution, ExecuteRig.done(execution));
  }
}
