package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.AddBorrower;
import io.mobula.proto.LossReason;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.StoredObject;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.submit.PendingTask;
import org.junit.jupiter.api.Test;

/** What the program frees is gone everywhere, for good, and says so. */
final class ExplicitFreeTest {
  private static final long A = RecoveryRig.A;
  private static final long B = RecoveryRig.B;

  private final RecoveryRig rig = new RecoveryRig();

  @Test
  void shouldDeleteAllCopiesAndTellTheBorrowersWhenTheOwnerFrees() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.references.onLocationAdded(made.key(), B, false, 0);
    borrow(made);
    StoredObject known = RecoveryRig.object(made);

    rig.explicitFree.free(made);
    rig.explicitFree.free(made);
    rig.references.flush();

    assertFreed(made);
    assertThat(rig.lineage.size()).isZero();
    assertThat(rig.outbox.take(BodyCase.FREE_OBJECTS))
        .extracting(Packet::getTo)
        .containsExactlyInAnyOrder(A, B);
    Packet news = rig.outbox.takeOnly(BodyCase.OBJECT_VALUE);
    assertThat(news.getTo()).isEqualTo(RecoveryRig.BORROWER);
    assertThat(news.getCorrelation()).isZero();
    assertThat(news.getObjectValue().getFailure().getLossReason()).isEqualTo(LossReason.LOSS_FREED);
    rig.recovery.recover(made, known, () -> rig.told.add("asker"));
    assertThat(rig.told).containsExactly("asker");
    assertThat(rig.ready).isEmpty();
  }

  @Test
  void shouldNotMakeItAgainWhenSomethingMadeFromItIsLost() {
    ObjectEntry argument = rig.made("argument", 3, A);
    ObjectEntry result = rig.made("result", 3, B, argument);
    rig.explicitFree.free(argument);
    rig.die(B);

    rig.want("asker", result);

    assertThat(rig.ready).isEmpty();
    assertThat(RecoveryRig.failure(result).getLossReason()).isEqualTo(LossReason.LOSS_NOT_REMADE);
    assertThat(RecoveryRig.failure(result).getMessage()).contains("freed by free()");
  }

  @Test
  void shouldDropTheResultWhenItComesAfterItWasFreed() {
    ObjectEntry pending = rig.submit("make", 3);
    rig.explicitFree.free(pending);
    assertFreed(pending);

    rig.run(A);
    rig.references.flush();

    assertFreed(pending);
    assertThat(rig.outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(A);
    assertThat(rig.lineage.size()).isZero();
    rig.drop(pending);
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldTellWhoWaitsWhenItIsFreedWhileItIsMadeAgain() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.die(A);
    rig.want("asker", made);
    PendingTask again = rig.only();

    rig.explicitFree.free(made);

    assertThat(rig.told).containsExactly("asker");
    rig.ready.add(again);
    rig.run(B);
    rig.references.flush();
    assertFreed(made);
    assertThat(rig.outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(B);
    rig.drop(made);
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldAskTheOwnerWhenABorrowerFrees() {
    ObjectEntry borrowed = rig.borrowed(A);

    rig.explicitFree.free(borrowed);

    assertFreed(borrowed);
    Packet request = rig.outbox.takeOnly(BodyCase.FREE_OBJECT);
    assertThat(request.getTo()).isEqualTo(RecoveryRig.BORROWER);
    assertThat(request.getFreeObject().getId()).isEqualTo(borrowed.key().toProto());
  }

  @Test
  void shouldFreeForAllWhenABorrowerAsksAndDoNothingWhenItIsUnknown() {
    ObjectEntry made = rig.made("make", 3, A);
    rig.explicitFree.onFreeObject(made.key());
    rig.explicitFree.onFreeObject(made.key());
    assertFreed(made);
    rig.drop(made);

    rig.explicitFree.onFreeObject(made.key());

    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldLetGoWhenTheOwnerSaysThatItIsFreed() {
    ObjectEntry owned = rig.made("make", 3, A);
    ObjectEntry borrowed = rig.borrowed(A);
    rig.explicitFree.free(owned);

    rig.explicitFree.onFreed(borrowed.key(), RecoveryRig.failure(owned));

    assertFreed(borrowed);
  }

  @Test
  void shouldStayFreedWhenTheOwnerAnswersThatItHasAnotherCopy() {
    ObjectEntry borrowed = rig.borrowed(A);
    StoredObject known = RecoveryRig.object(borrowed);
    rig.want("asker", borrowed);
    Packet request = rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT);

    rig.explicitFree.free(borrowed);
    rig.references.flush();
    rig.outbox.take();
    answer(request, known.toBuilder().addLocations(B).build());

    assertFreed(borrowed);
    assertThat(rig.told).containsExactly("asker");
    rig.drop(borrowed);
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldKeepNothingOfTheOwnersAnswerWhenTheReferenceWentMeanwhile() {
    ObjectEntry borrowed = rig.borrowed(A);
    StoredObject known = RecoveryRig.object(borrowed);
    rig.want("asker", borrowed);
    Packet request = rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT);
    rig.explicitFree.free(borrowed);
    rig.drop(borrowed);

    answer(
        request,
        known.toBuilder()
            .addReferences(new ObjectKey(RecoveryRig.BORROWER, 700).toProto())
            .build());

    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldTellABorrowerThatComesAfterItWasFreed() {
    ObjectEntry owned = rig.made("make", 3, A);
    rig.explicitFree.free(owned);
    rig.outbox.take();

    borrow(owned);

    rig.outbox.takeOnly(BodyCase.BORROWER_ADDED);
    Packet news = rig.outbox.takeOnly(BodyCase.OBJECT_VALUE);
    assertThat(news.getTo()).isEqualTo(RecoveryRig.BORROWER);
    assertThat(news.getCorrelation()).isZero();
    assertThat(news.getObjectValue().getFailure()).isEqualTo(RecoveryRig.failure(owned));
  }

  private void answer(Packet request, StoredObject object) {
    rig.outbox.answer(
        request, Packet.newBuilder().setObjectValue(ObjectValue.newBuilder().setStored(object)));
  }

  private static void assertFreed(ObjectEntry entry) {
    assertThat(RecoveryRig.failure(entry).getLossReason()).isEqualTo(LossReason.LOSS_FREED);
  }

  private void borrow(ObjectEntry entry) {
    rig.references.onAddBorrower(
        Packet.newBuilder()
            .setFrom(RecoveryRig.BORROWER)
            .setAddBorrower(AddBorrower.newBuilder().addIds(entry.key().toProto()))
            .build());
  }
}
