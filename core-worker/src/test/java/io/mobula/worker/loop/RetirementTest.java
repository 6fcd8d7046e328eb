package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.AddBorrower;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.Isolation;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.PushTasks;
import io.mobula.proto.RemoveBorrower;
import io.mobula.proto.Resources;
import io.mobula.proto.RetireWorker;
import io.mobula.proto.RetirementAnswer;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.PeerMethods;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import io.mobula.worker.submit.TaskSubmitter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A worker may end when nobody needs it, and says why if somebody does. */
final class RetirementTest {
  private static final long RAYLET = ProcessAddress.rayletOf(RecoveryRig.SELF);
  private static final long BORROWER = RecoveryRig.BORROWER;

  private final RecoveryRig rig = new RecoveryRig();
  private final Replies replies = new Replies(rig.outbox, rig.table, rig.references);
  private final TaskSlots slots =
      new TaskSlots(
          rig.outbox,
          new ArgumentFetcher(new SharedObjects(rig.outbox)),
          lease -> new NoThreads(),
          replies,
          RunningBoard.unwatched());
  private final TaskSubmitter submitter =
      new TaskSubmitter(rig.outbox, rig.resolver, new PeerFunctions(), rig.completion, 1);
  private final ActorCallers callers =
      new ActorCallers(rig.outbox, rig.resolver, new PeerFunctions(), rig.completion);
  private final ActorArguments actorArguments = new ActorArguments(rig.resolver);
  private final Retirement retirement =
      new Retirement(
          rig.outbox,
          rig.references,
          rig.outbox.requests(),
          replies,
          slots,
          submitter,
          callers,
          actorArguments);
  private long lastSequence = 500;

  @Test
  void shouldGoWhenOnlyItsOwnProgramRefersToWhatItOwns() {
    owned();
    RetirementAnswer answer = ask();
    assertThat(answer.getIsNeeded()).isFalse();
    assertThat(answer.getReason()).isEmpty();
    assertThat(rig.outbox.take()).isEmpty();
  }

  @Test
  void shouldStayWhileAnObjectIsBorrowedAndHaveBorrowersCollect() {
    ObjectEntry entry = owned();
    rig.references.onAddBorrower(
        Packet.newBuilder()
            .setFrom(BORROWER)
            .setAddBorrower(AddBorrower.newBuilder().setNumber(1).addIds(entry.key().toProto()))
            .build());
    rig.outbox.take();

    assertThat(ask().getReason()).contains("others refer to");
    Packet collect = rig.outbox.takeOnly(BodyCase.COLLECT_GARBAGE);
    assertThat(collect.getTo()).isEqualTo(BORROWER);
    assertThat(collect.getCollectGarbage().getUrgent()).isFalse();

    rig.references.onRemoveBorrower(
        Packet.newBuilder()
            .setFrom(BORROWER)
            .setRemoveBorrower(
                RemoveBorrower.newBuilder().setNumber(2).addIds(entry.key().toProto()))
            .build());
    assertThat(ask().getIsNeeded()).isFalse();
    assertThat(rig.outbox.take()).isEmpty();
  }

  @Test
  void shouldGoWhenItsLastBorrowerIsDead() {
    ObjectEntry entry = owned();
    rig.references.onAddBorrower(
        Packet.newBuilder()
            .setFrom(BORROWER)
            .setAddBorrower(AddBorrower.newBuilder().setNumber(1).addIds(entry.key().toProto()))
            .build());
    rig.references.onProcessDied(BORROWER, "killed");
    assertThat(ask().getIsNeeded()).isFalse();
  }

  @Test
  void shouldStayWhileATaskOfItsOwnRuns() {
    submitter.submit(
        task(), new SchedulingClass(Resources.getDefaultInstance(), Isolation.SHARED), 1_000);
    assertThat(ask().getReason()).contains("tasks or calls");
    submitter.failAll(Failures.of(FailureKind.CLUSTER_LOST, "over"));
    assertThat(ask().getIsNeeded()).isFalse();
  }

  @Test
  void shouldStayWhileACallOfItsOwnIsUnderWay() {
    ObjectKey actor = new ObjectKey(BORROWER, 3);
    callers.call(actor, "actor", task());
    assertThat(ask().getReason()).contains("tasks or calls");
    callers.onActorState(
        ActorState.newBuilder().setId(actor.toProto()).setPhase(ActorPhase.DEAD).build());
    assertThat(ask().getIsNeeded()).isFalse();
  }

  @Test
  void shouldStayWhileSomebodyWaitsForABorrowedValue() {
    ObjectEntry entry = rig.table.retainOrCreate(new ObjectKey(BORROWER, 4), RecoveryRig.SELF);
    rig.references.await(entry);
    Packet await = rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT);
    assertThat(ask().getReason()).contains("asked for");
    rig.outbox.answer(
        await,
        Packet.newBuilder()
            .setObjectValue(
                ObjectValue.newBuilder().setFailure(Failures.of(FailureKind.OBJECT_LOST, "gone"))));
    assertThat(ask().getIsNeeded()).isFalse();
  }

  @Test
  void shouldStayWhileATaskIsHere() {
    slots.onPush(
        BORROWER,
        PushTasks.newBuilder().setLease(9).build(),
        new PeerMethods(RetirementTest.class.getClassLoader()));
    assertThat(ask().getReason()).contains("a task is not over");
    slots.onClosed(9);
    assertThat(ask().getIsNeeded()).isFalse();
  }

  @Test
  void shouldStayWhileAnActorMayBeMadeAgainWithWhatItOwns() {
    ObjectKey plain = new ObjectKey(RecoveryRig.SELF, 7);
    ObjectKey borrowing = new ObjectKey(RecoveryRig.SELF, 8);
    actorArguments.keep(plain, task());
    assertThat(ask().getIsNeeded()).isFalse();

    actorArguments.keep(borrowing, task(owned()));
    assertThat(ask().getReason()).contains("constructed again");
    actorArguments.onDead(borrowing);

    assertThat(ask().getIsNeeded()).isFalse();
  }

  private RetirementAnswer ask() {
    retirement.onRetireWorker(
        Packet.newBuilder()
            .setFrom(RAYLET)
            .setCorrelation(33)
            .setRetireWorker(RetireWorker.getDefaultInstance())
            .build());
    Packet answer = rig.outbox.takeOnly(BodyCase.RETIREMENT_ANSWER);
    assertThat(answer.getTo()).isEqualTo(RAYLET);
    assertThat(answer.getCorrelation()).isEqualTo(33);
    return answer.getRetirementAnswer();
  }

  private ObjectEntry owned() {
    ObjectEntry entry =
        ObjectEntry.ready(
            new ObjectKey(RecoveryRig.SELF, ++lastSequence), new Outcome.Inline(1, new byte[0]));
    rig.table.add(entry);
    return entry;
  }

  private PendingTask task(ObjectEntry... contained) {
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(RecoveryRig.SELF, ++lastSequence));
    rig.table.add(result);
    return new PendingTask(
        result,
        new RemoteTarget(
            1, FunctionDescriptor.newBuilder().setMethodName("run").build(), "run", null),
        "task",
        0,
        new @Nullable TaskArgument[0],
        new @Nullable ObjectEntry[0],
        new ArrayList<>(List.of(contained)));
  }

  private static final class NoThreads implements TaskSlots.TaskQueue {
    @Override
    public void add(Execution execution) {}

    @Override
    public void end(boolean isInterrupted) {}
  }
}
