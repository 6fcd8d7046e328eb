package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.CopyAnswer;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LossReason;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.StoredObject;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.submit.PendingTask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lost objects are made again by their tasks, once, within their retries; else they say why. */
final class ObjectRecoveryTest {
  private static final long A = RecoveryRig.A;
  private static final long B = RecoveryRig.B;

  private final RecoveryRig rig = new RecoveryRig();

  @Test
  void shouldRunTheTaskAgainOnlyWhenSomebodyWantsItsLostResult() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.die(A);
    assertThat(rig.ready).isEmpty();

    rig.want("first", made);
    rig.want("second", made);

    assertThat(rig.names()).containsExactly("make 1");
    assertThat(rig.told).isEmpty();
    rig.run(B);
    assertThat(rig.told).containsExactly("first", "second");
    assertThat(RecoveryRig.object(made).getLocationsList()).containsExactly(B);
    assertThat(RecoveryRig.object(made).getAttempt()).isEqualTo(1);
    rig.drop(made);
    assertThat(rig.table.entries()).isEmpty();
    assertThat(rig.lineage.size()).isZero();
    assertThat(rig.recovery.size()).isZero();
  }

  @Test
  void shouldNameTheOtherCopyWhenOneIsLost() {
    ObjectEntry made = rig.made("make", 3, A);
    StoredObject known = RecoveryRig.object(made);
    rig.references.onLocationAdded(made.key(), B, false, 0);

    rig.recovery.recover(made, known, () -> rig.told.add("asker"));

    // It is asked whether that is so, for those who come later.
    assertThat(rig.told).containsExactly("asker");
    assertThat(rig.ready).isEmpty();
    rig.answer(A, false);
    assertThat(rig.told).containsExactly("asker");
    assertThat(RecoveryRig.object(made).getLocationsList()).containsExactly(B);
    rig.drop(made);
    assertThat(rig.outbox.take(BodyCase.FREE_OBJECTS)).extracting(Packet::getTo).containsExactly(B);
  }

  @Test
  void shouldNotBelieveAReaderWhenTheHolderHasTheCopy() {
    ObjectEntry made = rig.made("make", 3, A);
    ObjectEntry put = rig.put(A);

    rig.want("here", made);
    rig.awaitLost(put.key(), RecoveryRig.object(put));
    assertThat(rig.told).isEmpty();
    rig.answer(A, true);

    assertThat(rig.told).containsExactly("here");
    assertThat(rig.ready).isEmpty();
    assertThat(RecoveryRig.object(made).getLocationsList()).containsExactly(A);
    assertThat(rig.outbox.takeOnly(BodyCase.OBJECT_VALUE).getObjectValue().getStored())
        .isEqualTo(RecoveryRig.object(put));
    assertThat(rig.recovery.size()).isZero();
  }

  @Test
  void shouldAskEveryHolderAndTakeTheFirstThatHasACopy() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.references.onLocationAdded(made.key(), B, false, 0);
    StoredObject known = RecoveryRig.object(made);
    rig.awaitLost(made.key(), known);
    List<Packet> asked = rig.outbox.take(BodyCase.ASK_COPY);
    assertThat(asked).extracting(Packet::getTo).containsExactly(A, B);

    rig.outbox.answer(asked.getFirst(), copyAnswer(false));
    rig.recovery.decide();
    assertThat(rig.outbox.take(BodyCase.OBJECT_VALUE)).isEmpty();
    rig.outbox.answer(asked.getLast(), copyAnswer(true));

    assertThat(rig.ready).isEmpty();
    assertThat(
            rig.outbox
                .takeOnly(BodyCase.OBJECT_VALUE)
                .getObjectValue()
                .getStored()
                .getLocationsList())
        .containsExactly(B);
  }

  @Test
  void shouldRunTheTaskAgainWhenTheHolderDeniesTheCopyOrIsDead() {
    ObjectEntry denied = rig.made("denied", 3, A);
    rig.want("first", denied);
    rig.answer(A, false);
    assertThat(rig.names()).containsExactly("denied 1");
    rig.run(B);

    ObjectEntry dead = rig.made("dead", 3, A);
    rig.want("second", dead);
    rig.outbox.requests().onProcessDied(A, Failures.of(FailureKind.WORKER_DIED, "killed"));
    // Not before the rest of the process has heard of the death.
    assertThat(rig.ready).isEmpty();
    rig.die(A);
    rig.recovery.decide();
    assertThat(rig.names()).containsExactly("dead 1");
    rig.run(B);
    assertThat(rig.told).containsExactly("first", "second");
  }

  @Test
  void shouldIgnoreADenialWhenTheObjectIsAnotherAttemptsByNow() {
    ObjectEntry made = rig.made("make", 3, A);
    StoredObject first = RecoveryRig.object(made);
    rig.references.onLocationAdded(made.key(), B, false, 0);
    rig.recovery.recover(made, first, () -> rig.told.add("early"));
    List<Packet> early = rig.outbox.take(BodyCase.ASK_COPY);
    rig.die(A);
    rig.want("asker", made);
    rig.answer(B, false);
    rig.run(A);

    early.forEach(ask -> rig.outbox.answer(ask, copyAnswer(false)));
    rig.recovery.decide();

    assertThat(RecoveryRig.object(made).getLocationsList()).containsExactly(A);
  }

  @Test
  void shouldMakeItAgainWhenItIsLostTwiceAndThenSayThatTheRetriesAreUsed() {
    ObjectEntry made = rig.made("make", 2, A);
    for (int loss = 1; loss <= 2; loss++) {
      rig.die(loss == 1 ? A : B);
      rig.want("loss " + loss, made);
      assertThat(rig.names()).containsExactly("make " + loss);
      rig.run(B);
    }
    rig.die(B);

    rig.want("last", made);

    assertThat(rig.ready).isEmpty();
    assertThat(rig.told).containsExactly("loss 1", "loss 2", "last");
    assertThat(RecoveryRig.failure(made).getLossReason()).isEqualTo(LossReason.LOSS_RETRIES_USED);
    assertThat(RecoveryRig.failure(made).getMessage()).contains("attempts=3", "maxRetries=2");
    assertThat(rig.lineage.size()).as("what can't run again").isZero();
  }

  @Test
  void shouldFindTheLossOfTheNewCopyWhenItsNodeDiesBeforeItIsRead() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.die(A);
    rig.want("early", made);
    rig.run(B);
    StoredObject told = RecoveryRig.object(made);
    rig.die(B);

    rig.recovery.recover(made, told, () -> rig.told.add("again"));

    assertThat(rig.names()).containsExactly("make 2");
    rig.run(A);
    assertThat(rig.told).containsExactly("early", "again");
  }

  @Test
  void shouldNotRunAgainWhenALossIsReportedOfAnOlderAttempt() {
    ObjectEntry made = rig.made("make", -1, A);
    StoredObject first = RecoveryRig.object(made);
    rig.awaitLost(made.key(), first);
    rig.awaitLost(made.key(), first);
    rig.answer(A, false);
    assertThat(rig.names()).containsExactly("make 1");
    rig.run(A);
    assertThat(rig.outbox.take(BodyCase.OBJECT_VALUE))
        .hasSize(2)
        .allSatisfy(answer -> {
          assertThat(answer.getCorrelation()).isEqualTo(78);
          assertThat(answer.getObjectValue().getStored()).isEqualTo(RecoveryRig.object(made));
        });

    // The same packet once more, late: the object is at the node where it was lost before.
    rig.awaitLost(made.key(), first);

    assertThat(rig.ready).isEmpty();
    assertThat(rig.outbox.takeOnly(BodyCase.OBJECT_VALUE).getObjectValue().getStored())
        .isEqualTo(RecoveryRig.object(made));
  }

  @Test
  void shouldMakeAChainAgainWhenItsStagesWereFreedAndFreeThemAfterwards() {
    int stages = 10_000;
    ObjectEntry last = rig.made("0", 3, A);
    for (int i = 1; i < stages; i++) {
      ObjectEntry next = rig.made(Integer.toString(i), 3, A, last);
      rig.drop(last);
      last = next;
    }
    assertThat(rig.table.entries()).containsExactly(last);
    assertThat(rig.lineage.size()).isEqualTo(stages);
    rig.die(A);

    rig.want("asker", last);

    for (int i = 0; i < stages; i++) {
      assertThat(rig.names()).containsExactly(i + " 1");
      rig.run(B);
    }
    assertThat(rig.told).containsExactly("asker");
    assertThat(rig.table.entries()).containsExactly(last);
    rig.drop(last);
    assertThat(rig.table.entries()).isEmpty();
    assertThat(rig.lineage.size()).isZero();
    assertThat(rig.lineage.bytes()).isZero();
  }

  @Test
  void shouldMakeALostArgumentAgainBeforeTheTaskIsPushed() {
    ObjectEntry first = rig.made("first", 3, A);
    ObjectEntry second = rig.made("second", 3, A);
    rig.die(A);

    rig.submit("reader", 0, first, second, first);

    assertThat(rig.names()).containsExactly("first 1", "second 1");
    PendingTask firstAgain = rig.ready.removeFirst();
    PendingTask secondAgain = rig.ready.removeFirst();
    rig.completion.onCompleted(firstAgain, RecoveryRig.stored(first, B), 0, null);
    assertThat(rig.ready).isEmpty();
    Outcome small = new Outcome.Inline(4, new byte[] {1});
    rig.completion.onCompleted(secondAgain, small, 0, null);
    assertThat(rig.names()).containsExactly("reader 0");
    assertThat(rig.only().spec().getArguments(2).getStored().getLocationsList()).containsExactly(B);
  }

  @Test
  void shouldWaitWithoutAWorkerWhenAWorkerReportsALostArgument() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.submit("reader", 0, made);
    PendingTask reader = rig.only();
    StoredObject pushed = reader.spec().getArguments(0).getStored();

    rig.resolver.resolveLost(reader, List.of(pushed), rig.ready::add, (failed, outcome) -> {});
    rig.answer(A, false);

    rig.run(B);
    assertThat(rig.only()).isSameAs(reader);
    assertThat(reader.spec().getArguments(0).getStored().getLocationsList()).containsExactly(B);
    assertThat(reader.attempt()).isZero();
  }

  @Test
  void shouldSayWhyWhenAnObjectHasNoTaskThatMayRunAgain() {
    ObjectEntry put = rig.put(A);
    ObjectEntry once = rig.made("once", 0, A);
    ObjectEntry call = rig.call("call", A);
    rig.die(A);

    List.of(put, once, call).forEach(entry -> rig.want("asker", entry));

    assertThat(rig.told).hasSize(3);
    assertLost(put, LossReason.LOSS_PUT, "it was put");
    assertLost(once, LossReason.LOSS_NO_RETRIES, "maxRetries=0");
    assertLost(call, LossReason.LOSS_ACTOR_RESULT, "an actor's method returned it");
    assertThat(rig.lineage.size()).isZero();
  }

  @Test
  void shouldNameTheArgumentWhenItCannotBeMadeAgain() {
    ObjectEntry put = rig.put(A);
    ObjectEntry made = rig.made("make", 3, A, put);
    rig.drop(put);
    rig.die(A);

    rig.want("asker", made);

    assertThat(rig.told).containsExactly("asker");
    assertLost(made, LossReason.LOSS_NOT_REMADE, put.key().toString());
    assertThat(rig.lineage.size()).as("what has failed for good").isZero();
    assertThat(rig.table.find(put.key())).as("what only its task needed").isNull();
  }

  @Test
  void shouldGiveTheExceptionOfTheTaskWhenItFailsTheSecondTime() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.die(A);
    rig.want("asker", made);

    rig.fail(Failures.of(FailureKind.TASK_FAILED, "boom"));

    assertThat(rig.told).containsExactly("asker");
    assertThat(RecoveryRig.failure(made).getKind()).isEqualTo(FailureKind.TASK_FAILED);
  }

  @Test
  void shouldAskTheOwnerOnceWhenABorrowedObjectIsLost() {
    ObjectEntry entry = rig.borrowed(A);
    StoredObject lost = RecoveryRig.object(entry);
    rig.want("first", entry);
    rig.want("second", entry);

    Packet request = rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT);
    assertThat(request.getTo()).isEqualTo(RecoveryRig.BORROWER);
    assertThat(request.getAwaitObject())
        .isEqualTo(AwaitObject.newBuilder().setId(entry.key().toProto()).setLost(lost).build());
    StoredObject other = lost.toBuilder().clearLocations().addLocations(B).setAttempt(1).build();
    Packet.Builder answer =
        Packet.newBuilder().setObjectValue(ObjectValue.newBuilder().setStored(other));
    assertThat(rig.outbox.answer(request, answer)).isTrue();
    assertThat(rig.outbox.answer(request, answer)).isFalse();

    assertThat(rig.told).containsExactly("first", "second");
    assertThat(RecoveryRig.object(entry)).isEqualTo(other);
    // Who still knows the old place alone is told of the new one without a question.
    rig.recovery.recover(entry, lost, () -> rig.told.add("third"));
    assertThat(rig.told).endsWith("third");
    assertThat(rig.outbox.take()).isEmpty();
    rig.drop(entry);
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldFailWhenTheOwnerOfALostObjectDies() {
    ObjectEntry entry = rig.borrowed(A);
    rig.want("asker", entry);

    rig.outbox
        .requests()
        .onProcessDied(RecoveryRig.BORROWER, Failures.of(FailureKind.WORKER_DIED, "killed"));

    assertThat(rig.told).containsExactly("asker");
    assertThat(RecoveryRig.failure(entry).getKind()).isEqualTo(FailureKind.OWNER_DIED);
  }

  @Test
  void shouldAnswerThatItIsFreedWhenTheOwnerNoLongerHasIt() {
    rig.awaitLost(new ObjectKey(RecoveryRig.SELF, 99), StoredObject.getDefaultInstance());
    Failure failure = rig.outbox.takeOnly(BodyCase.OBJECT_VALUE).getObjectValue().getFailure();
    assertThat(failure.getLossReason()).isEqualTo(LossReason.LOSS_UNREFERENCED);
  }

  @Test
  void shouldFailEverythingThatIsRecoveredWhenTheClusterIsLost() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.die(A);
    rig.want("asker", made);

    rig.recovery.failAll(Failures.of(FailureKind.CLUSTER_LOST, "closed"));

    assertThat(rig.told).containsExactly("asker");
    assertThat(RecoveryRig.failure(made).getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(rig.recovery.size()).isZero();
  }

  @Test
  void shouldForgetWhoNoLongerWaits() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.die(A);
    List<String> late = new ArrayList<>();
    Runnable impatient = () -> late.add("impatient");
    rig.recovery.recover(made, RecoveryRig.object(made), impatient);
    rig.recovery.forget(made.key(), impatient);

    rig.run(B);

    assertThat(late).isEmpty();
    assertThat(rig.recovery.size()).isZero();
  }

  private static Packet.Builder copyAnswer(boolean isHeld) {
    return Packet.newBuilder().setCopyAnswer(CopyAnswer.newBuilder().setHeld(isHeld));
  }

  private static void assertLost(ObjectEntry entry, LossReason reason, String part) {
    Failure failure = RecoveryRig.failure(entry);
    assertThat(failure.getKind()).isEqualTo(FailureKind.OBJECT_LOST);
    assertThat(failure.getLossReason()).isEqualTo(reason);
    assertThat(failure.getMessage()).contains(part, entry.key().toString());
  }
}
