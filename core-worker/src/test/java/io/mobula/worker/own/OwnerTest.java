package io.mobula.worker.own;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.AddBorrower;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.RemoveBorrower;
import io.mobula.proto.StoredObject;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the owner of an object does: counts borrowers, tells the value, frees it everywhere. */
final class OwnerTest {
  private static final long SELF = ProcessAddress.of(1, 1);
  private static final long BORROWER = ProcessAddress.of(2, 3);
  private static final long HERE = ProcessAddress.of(1, 0);
  private static final long THERE = ProcessAddress.of(2, 0);
  private static final long ELSEWHERE = ProcessAddress.of(3, 0);

  private final RecordingOutbox outbox = new RecordingOutbox(SELF);
  private final ObjectTable table = new ObjectTable();
  private final References references = new References(table, outbox);

  @Test
  void shouldForgetAtOnceWhenNobodyBorrows() {
    references.release(owned(1));
    references.flush();
    assertThat(table.entries()).isEmpty();
    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldLetAMillionObjectsGoWhenEachIsInsideTheNext() {
    ObjectEntry outermost = owned(1);
    for (int i = 2; i <= 1_000_000; i++) {
      ObjectEntry outer = owned(i);
      outer.ownership().contained().add(outermost);
      outermost = outer;
    }

    references.release(outermost);

    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldKeepTheObjectWhileItIsBorrowed() {
    ObjectEntry entry = owned(1);
    addBorrower(BORROWER, entry);
    references.release(entry);
    assertThat(table.find(entry.key())).isSameAs(entry);

    removeBorrower(BORROWER, entry);

    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldCountABorrowerOnceWhenItRegistersTwice() {
    ObjectEntry entry = owned(1);
    addBorrower(BORROWER, entry);
    addBorrower(BORROWER, entry);
    assertThat(outbox.take(BodyCase.BORROWER_ADDED))
        .hasSize(2)
        .allSatisfy(answer -> assertThat(answer.getBorrowerAdded().getUnknownCount()).isZero());
    assertThat(entry.retains()).isEqualTo(2);

    removeBorrower(BORROWER, entry);
    removeBorrower(BORROWER, entry);

    assertThat(entry.retains()).isEqualTo(1);
  }

  @Test
  void shouldNameWhatItNoLongerHasWhenABorrowerRegisters() {
    ObjectEntry kept = owned(1);
    ObjectEntry freed = owned(2);
    references.release(freed);

    addBorrower(BORROWER, freed, kept);

    Packet answer = outbox.takeOnly(BodyCase.BORROWER_ADDED);
    assertThat(answer.getCorrelation()).isEqualTo(77);
    assertThat(answer.getBorrowerAdded().getUnknownList()).containsExactly(freed.key().toProto());
  }

  @Test
  void shouldFreeWhenTheLastBorrowerDies() {
    ObjectEntry entry = owned(1);
    addBorrower(BORROWER, entry);
    addBorrower(ProcessAddress.of(2, 4), entry);
    references.release(entry);

    references.onProcessDied(BORROWER, "killed");
    assertThat(table.entries()).hasSize(1);
    references.onProcessDied(BORROWER, "killed");
    assertThat(table.entries()).hasSize(1);
    references.onProcessDied(THERE, "node lost");

    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldDropTheBorrowersAndKeepTheCopiesWhenANodeIsGivenUp() {
    ObjectEntry entry = stored(1, THERE);
    addBorrower(BORROWER, entry);

    references.onGivenUp(THERE, "no way there");

    assertThat(entry.retains()).isEqualTo(1);
    assertThat(locations(entry)).containsExactly(THERE);
    references.release(entry);
    references.flush();
    assertThat(outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(THERE);
  }

  @Test
  void shouldLookAtNothingButWhatTheDeadHadToDoWith() {
    ObjectEntry borrowed = owned(1);
    addBorrower(BORROWER, borrowed);
    ObjectEntry stored = stored(2, THERE);
    ObjectEntry foreign = table.retainOrCreate(new ObjectKey(ProcessAddress.of(2, 9), 1), SELF);
    references.borrow(foreign);
    for (int i = 3; i <= 1_000_000; i++) {
      owned(i);
    }

    assertThat(references.onProcessDied(ProcessAddress.of(4, 1), "idle")).isZero();
    assertThat(references.onProcessDied(BORROWER, "killed")).isEqualTo(1);
    assertThat(references.onProcessDied(THERE, "node lost")).isEqualTo(2);
    assertThat(references.onProcessDied(THERE, "node lost")).isZero();

    assertThat(borrowed.retains()).isEqualTo(1);
    assertThat(locations(stored)).isEmpty();
    assertThat(foreign.outcome()).isInstanceOf(Outcome.Failed.class);
    references.check();
  }

  @Test
  @Timeout(30)
  void shouldWindUpManyDeathsBesideManyObjects() {
    for (int i = 1; i <= 200_000; i++) {
      owned(i);
    }
    int related = 0;
    for (int process = 1; process <= 100_000; process++) {
      related += references.onProcessDied(ProcessAddress.of(2, process), "idle");
    }
    assertThat(related).isZero();
  }

  @Test
  void shouldListNobodyWhenNobodyIsLeft() {
    ObjectEntry entry = stored(1, ELSEWHERE);
    addBorrower(BORROWER, entry);
    addBorrower(ProcessAddress.of(2, 4), entry);
    removeBorrower(BORROWER, entry);
    assertThat(references.isBorrowedFrom()).isTrue();
    references.check();
    removeBorrower(ProcessAddress.of(2, 4), entry);
    assertThat(references.isBorrowedFrom()).isFalse();

    references.release(entry);

    references.check();
    assertThat(references.onProcessDied(THERE, "node lost")).isZero();
    assertThat(references.onProcessDied(ELSEWHERE, "node lost")).isZero();
  }

  @Test
  void shouldKnowWhereACopyIsWhenTheNodeWasGivenUpBeforeItDied() {
    ObjectEntry entry = stored(1, THERE);
    references.onGivenUp(THERE, "no way there");
    assertThat(locations(entry)).containsExactly(THERE);

    references.onProcessDied(THERE, "node lost");

    assertThat(locations(entry)).isEmpty();
    references.check();
  }

  @Test
  void shouldAnswerWhenTheValueComesAndNameWhatIsInside() {
    ObjectEntry inner = owned(1);
    ObjectEntry outer = ObjectEntry.pending(new ObjectKey(SELF, 2));
    table.add(outer);
    awaitObject(outer.key());
    awaitObject(outer.key());
    assertThat(outbox.take()).isEmpty();

    references.adoptContained(outer, List.of(inner.key().toProto()));
    references.completeOwned(outer, new Outcome.Inline(4, new byte[0]));

    assertThat(outbox.take(BodyCase.OBJECT_VALUE))
        .hasSize(2)
        .allSatisfy(answer -> {
          assertThat(answer.getTo()).isEqualTo(BORROWER);
          assertThat(answer.getCorrelation()).isEqualTo(78);
          assertThat(answer.getObjectValue().getValue().getReferencesList())
              .containsExactly(inner.key().toProto());
        });
  }

  @Test
  void shouldAnswerThatItIsFreedWhenAwaitedTooLate() {
    awaitObject(new ObjectKey(SELF, 5));
    assertThat(outbox.takeOnly(BodyCase.OBJECT_VALUE).getObjectValue().getFailure().getKind())
        .isEqualTo(FailureKind.OBJECT_LOST);
  }

  @Test
  void shouldKeepWhatIsInsideAsLongAsTheOuterObject() {
    ObjectEntry innermost = owned(1);
    ObjectEntry inner = owned(2);
    ObjectEntry outer = owned(3);
    references.adoptContained(inner, List.of(innermost.key().toProto()));
    references.adoptContained(outer, List.of(inner.key().toProto()));
    references.release(innermost);
    references.release(inner);
    assertThat(table.entries()).hasSize(3);

    references.release(outer);

    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldFreeOnceOnEveryNodeThatHasACopy() {
    ObjectEntry entry = stored(1, HERE);
    references.onLocationAdded(entry.key(), THERE, false, 0);
    references.onLocationAdded(entry.key(), THERE, false, 0);
    assertThat(locations(entry)).containsExactly(HERE, THERE);

    references.release(entry);
    references.flush();
    references.flush();

    assertThat(outbox.take(BodyCase.FREE_OBJECTS))
        .extracting(Packet::getTo)
        .containsExactlyInAnyOrder(HERE, THERE);
  }

  @Test
  void shouldFreeACopyThatIsMadeAfterTheEnd() {
    ObjectEntry entry = stored(1, HERE);
    references.release(entry);
    references.flush();
    outbox.take();

    references.onLocationAdded(entry.key(), THERE, false, 0);
    references.flush();

    Packet free = outbox.takeOnly(BodyCase.FREE_OBJECTS);
    assertThat(free.getTo()).isEqualTo(THERE);
    assertThat(free.getFreeObjects().getIdsList()).containsExactly(entry.key().toProto());
  }

  @Test
  void shouldNotFreeWhereTheCopyIsGone() {
    ObjectEntry entry = stored(1, ELSEWHERE);
    references.onLocationAdded(entry.key(), THERE, false, 0);
    references.onLocationRemoved(entry.key(), THERE, 0);
    references.onLocationRemoved(entry.key(), THERE, 0);
    references.onProcessDied(ELSEWHERE, "node lost");
    assertThat(locations(entry)).isEmpty();

    references.release(entry);
    references.flush();

    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldKeepTheNewCopyWhenAnOlderAttemptsIsSaidToBeGoneLate() {
    ObjectEntry entry = ObjectEntry.pending(new ObjectKey(SELF, 1));
    table.add(entry);
    references.onLocationAdded(entry.key(), THERE, true, 0);
    references.completeOwned(
        entry,
        new Outcome.Stored(
            StoredObject.newBuilder()
                .setId(entry.key().toProto())
                .addLocations(THERE)
                .setAttempt(1)
                .build()));
    references.onLocationRemoved(entry.key(), THERE, 0);
    references.onLocationAdded(entry.key(), THERE, true, 0);
    references.onLocationAdded(entry.key(), THERE, true, 1);
    references.flush();
    assertThat(locations(entry)).containsExactly(THERE);
    assertThat(outbox.take()).isEmpty();

    references.onLocationRemoved(entry.key(), THERE, 1);
    assertThat(locations(entry)).isEmpty();
    references.onLocationAdded(entry.key(), THERE, true, 1);
    assertThat(locations(entry)).containsExactly(THERE);

    references.release(entry);
    references.flush();

    assertThat(outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(THERE);
  }

  @Test
  void shouldFreeTheCopyThatWasReportedBeforeTheResult() {
    ObjectEntry entry = ObjectEntry.pending(new ObjectKey(SELF, 1));
    table.add(entry);
    references.onLocationAdded(entry.key(), THERE, false, 0);
    references.completeOwned(entry, outcome(entry.key(), HERE));

    references.release(entry);
    references.flush();

    assertThat(outbox.take(BodyCase.FREE_OBJECTS))
        .extracting(Packet::getTo)
        .containsExactlyInAnyOrder(HERE, THERE);
  }

  @Test
  void shouldKeepTheFirstOutcomeWhenASecondComes() {
    ObjectEntry entry = owned(1);
    Outcome first = entry.outcome();
    references.completeOwned(entry, outcome(entry.key(), HERE));
    assertThat(entry.outcome()).isSameAs(first);
    assertThat(entry.ownership().locations()).isEmpty();
  }

  private ObjectEntry owned(long sequence) {
    ObjectEntry entry =
        ObjectEntry.ready(new ObjectKey(SELF, sequence), new Outcome.Inline(1, new byte[0]));
    table.add(entry);
    return entry;
  }

  private ObjectEntry stored(long sequence, long location) {
    ObjectEntry entry = ObjectEntry.pending(new ObjectKey(SELF, sequence));
    table.add(entry);
    references.completeOwned(entry, outcome(entry.key(), location));
    return entry;
  }

  private static Outcome outcome(ObjectKey key, long location) {
    return new Outcome.Stored(
        StoredObject.newBuilder().setId(key.toProto()).addLocations(location).build());
  }

  private static List<Long> locations(ObjectEntry entry) {
    return entry.outcome() instanceof Outcome.Stored stored
        ? stored.object().getLocationsList()
        : List.of(-1L);
  }

  private static List<ObjectId> ids(ObjectEntry... entries) {
    return List.of(entries).stream().map(entry -> entry.key().toProto()).toList();
  }

  private void addBorrower(long from, ObjectEntry... entries) {
    references.onAddBorrower(
        Packet.newBuilder()
            .setFrom(from)
            .setCorrelation(77)
            .setAddBorrower(AddBorrower.newBuilder().addAllIds(ids(entries)))
            .build());
  }

  private void removeBorrower(long from, ObjectEntry... entries) {
    references.onRemoveBorrower(
        Packet.newBuilder()
            .setFrom(from)
            .setRemoveBorrower(RemoveBorrower.newBuilder().addAllIds(ids(entries)))
            .build());
  }

  private void awaitObject(ObjectKey key) {
    references.onAwaitObject(
        Packet.newBuilder()
            .setFrom(BORROWER)
            .setCorrelation(78)
            .setAwaitObject(AwaitObject.newBuilder().setId(key.toProto()))
            .build());
  }
}
