package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.BorrowerAdded;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.ReplyReceipt;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskReply;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.Values;
import io.mobula.worker.submit.PendingTask;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the owner tells a worker of its result, and what it frees, whether the result counts. */
final class TaskCompletionTest {
  private static final long A = RecoveryRig.A;
  private static final long B = RecoveryRig.B;
  private static final long WORKER = ProcessAddress.of(2, 9);
  private static final ObjectKey INSIDE = new ObjectKey(RecoveryRig.BORROWER, 700);

  private static final Failure GONE = Failures.of(FailureKind.WORKER_DIED, "killed");

  private final RecoveryRig rig = new RecoveryRig();

  @Test
  void shouldTellTheWorkerOnceWhatIsInsideIsRegistered() {
    PendingTask task = submitted();
    complete(task, inline(task, 0));
    rig.references.flush();
    assertThat(rig.outbox.take(BodyCase.REFERENCES_RECEIVED)).isEmpty();

    register();

    assertThat(told()).containsExactly(List.of(task.sequence(), 0L, WORKER));
  }

  @Test
  void shouldTellTheWorkerAtOnceWhenItsAnswerIsIgnored() {
    PendingTask task = submitted();

    rig.completion.onIgnored(inline(task, 0), WORKER);

    assertThat(told()).containsExactly(List.of(task.sequence(), 0L, WORKER));
    rig.references.flush();
    assertThat(rig.outbox.take(BodyCase.ADD_BORROWER)).isEmpty();
    assertThat(rig.table.find(INSIDE)).isNull();
  }

  @Test
  void shouldTellNothingWhenNothingIsInsideWhatIsIgnored() {
    PendingTask task = submitted();
    rig.completion.onIgnored(
        TaskReply.newBuilder().setSequence(task.sequence()).setValue(value()).build(), WORKER);
    assertThat(rig.outbox.take()).isEmpty();
  }

  @Test
  void shouldTellTheWorkerWhenAnAnswerToNothingAsksForIt() {
    rig.completion.onIgnored(TaskReply.newBuilder().setReceiptWanted(true).build(), WORKER);
    assertThat(told()).containsExactly(List.of(0L, 0L, WORKER));
  }

  @Test
  void shouldNotTellTheWorkerBeforeTheRegistrationWhenTheAnswerComesTwice() {
    PendingTask task = submitted();
    complete(task, inline(task, 0));
    rig.completion.onIgnored(inline(task, 0), WORKER);
    rig.references.flush();
    assertThat(rig.outbox.take(BodyCase.REFERENCES_RECEIVED)).isEmpty();

    register();
    assertThat(told()).containsExactly(List.of(task.sequence(), 0L, WORKER));

    rig.completion.onIgnored(inline(task, 0), WORKER);
    assertThat(told()).containsExactly(List.of(task.sequence(), 0L, WORKER));
  }

  @Test
  void shouldFreeTheCopyWhenAnIgnoredResultHasNoObjectAnyMore() {
    PendingTask task = submitted();
    TaskReply late = stored(task, 0, A);
    rig.completion.onCompleted(task, new Outcome.Failed(GONE), 0, null);
    rig.drop(task.result());
    assertThat(rig.table.entries()).isEmpty();

    rig.completion.onIgnored(late, WORKER);

    assertFreedAt(A);
    assertThat(told()).hasSize(1);
  }

  @Test
  void shouldFreeTheCopyWhenAnIgnoredResultIsOfAnOlderAttempt() {
    PendingTask task = submitted();
    task.nextAttempt();
    complete(task, stored(task, 1, B));
    register();
    told();

    rig.completion.onIgnored(stored(task, 0, A), WORKER);

    assertFreedAt(A);
    assertThat(told()).containsExactly(List.of(task.sequence(), 0L, WORKER));
    assertThat(RecoveryRig.object(task.result()).getLocationsList()).containsExactly(B);
  }

  @Test
  void shouldKeepTheCopyThatCountsWhenAnOlderAttemptNamesTheSamePlace() {
    PendingTask task = submitted();
    task.nextAttempt();
    complete(task, stored(task, 1, A));
    register();

    rig.completion.onIgnored(stored(task, 0, A), WORKER);
    rig.completion.onIgnored(stored(task, 1, A), WORKER);
    rig.references.flush();

    assertThat(rig.outbox.take(BodyCase.FREE_OBJECTS)).isEmpty();
  }

  @Test
  void shouldFreeTheCopyWithTheNextResultWhenTheTaskRunsAgain() {
    PendingTask task = submitted();
    task.nextAttempt();
    rig.completion.onIgnored(stored(task, 0, A), WORKER);
    rig.references.flush();
    assertThat(rig.outbox.take(BodyCase.FREE_OBJECTS)).isEmpty();

    complete(task, stored(task, 1, B));

    assertFreedAt(A);
  }

  @Test
  void shouldRefuseTheResultWhenItWasFreedMeanwhile() {
    PendingTask task = submitted();
    rig.explicitFree.free(task.result());

    complete(task, stored(task, 0, A));

    assertThat(told()).containsExactly(List.of(task.sequence(), 0L, WORKER));
    assertFreedAt(A);
    assertThat(task.result().ownership().contained()).isEmpty();
    assertThat(rig.table.find(INSIDE)).isNull();
  }

  private PendingTask submitted() {
    rig.submit("make", 3);
    return rig.only();
  }

  private void complete(PendingTask task, TaskReply reply) {
    Outcome outcome = Values.outcome(reply);
    rig.completion.onCompleted(task, outcome, WORKER, reply);
  }

  private void register() {
    rig.references.flush();
    Packet request = rig.outbox.takeOnly(BodyCase.ADD_BORROWER);
    rig.outbox.answer(
        request, Packet.newBuilder().setBorrowerAdded(BorrowerAdded.getDefaultInstance()));
  }

  /** The results of which a worker was told that it need not keep what is inside. */
  private List<List<Long>> told() {
    return rig.outbox.take(BodyCase.REFERENCES_RECEIVED).stream()
        .map(packet -> {
          ReplyReceipt receipt = packet.getReferencesReceived().getReceipts(0);
          return List.of(receipt.getSequence(), (long) receipt.getAttempt(), packet.getTo());
        })
        .toList();
  }

  private void assertFreedAt(long raylet) {
    rig.references.flush();
    assertThat(rig.outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(raylet);
  }

  private static EncodedValue value() {
    return EncodedValue.newBuilder().setKind(1).build();
  }

  private static TaskReply inline(PendingTask task, int attempt) {
    return TaskReply.newBuilder()
        .setSequence(task.sequence())
        .setAttempt(attempt)
        .setValue(value().toBuilder().addReferences(INSIDE.toProto()))
        .build();
  }

  private static TaskReply stored(PendingTask task, int attempt, long location) {
    ObjectEntry result = task.result();
    StoredObject object = RecoveryRig.stored(result, location).object();
    return TaskReply.newBuilder()
        .setSequence(task.sequence())
        .setAttempt(attempt)
        .setStored(object.toBuilder().addReferences(INSIDE.toProto()))
        .build();
  }
}
