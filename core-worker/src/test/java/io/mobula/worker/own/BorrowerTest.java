package io.mobula.worker.own;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.BorrowerAdded;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership.Registration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a borrower does: registers, asks for the value, deregisters, notices its owner's death. */
final class BorrowerTest {
  private static final long SELF = ProcessAddress.of(1, 1);
  private static final long OWNER = ProcessAddress.of(2, 3);
  private static final long INNER_OWNER = ProcessAddress.of(3, 3);
  private static final ObjectKey KEY = new ObjectKey(OWNER, 5);
  private static final ObjectKey INNER = new ObjectKey(INNER_OWNER, 6);

  private final RecordingOutbox outbox = new RecordingOutbox(SELF);
  private final ObjectTable table = new ObjectTable();
  private final References references = new References(table, outbox);
  private final List<String> seen = new ArrayList<>();

  @Test
  void shouldRegisterOnceForAllOfAnOwnersObjectsWhenTheTurnEnds() {
    ObjectEntry first = borrowed(KEY);
    ObjectEntry second = borrowed(new ObjectKey(OWNER, 9));
    references.borrow(first);
    assertThat(outbox.take()).isEmpty();

    references.flush();

    Packet add = outbox.takeOnly(BodyCase.ADD_BORROWER);
    assertThat(add.getTo()).isEqualTo(OWNER);
    assertThat(add.getAddBorrower().getIdsList())
        .containsExactly(first.key().toProto(), second.key().toProto());
  }

  @Test
  void shouldDeregisterOnlyAfterTheOwnerHasAnsweredWhenItLetsGoEarly() {
    ObjectEntry entry = borrowed(KEY);
    references.flush();
    Packet add = outbox.takeOnly(BodyCase.ADD_BORROWER);
    references.release(entry);
    references.flush();
    assertThat(outbox.take()).isEmpty();

    outbox.answer(add, added());
    references.flush();

    assertThat(outbox.takeOnly(BodyCase.REMOVE_BORROWER).getRemoveBorrower().getIdsList())
        .containsExactly(KEY.toProto());
    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldEndRegisteredWhenANewEntryFollowsADeadOneInATurn() {
    ObjectEntry old = registered(KEY);

    references.release(old);
    ObjectEntry next = borrowed(KEY);
    references.flush();

    assertThat(next).isNotSameAs(old);
    assertThat(outbox.take())
        .extracting(Packet::getBodyCase)
        .containsExactly(BodyCase.REMOVE_BORROWER, BodyCase.ADD_BORROWER);
  }

  @Test
  void shouldDoNothingWhenWhatWasDecodedIsGoneAlready() {
    ObjectEntry entry = table.retainOrCreate(KEY, SELF);
    references.release(entry);

    references.borrow(entry);
    references.flush();

    assertThat(outbox.take()).isEmpty();
  }

  @Test
  void shouldRunActionsOnceRegisteredAndAtOnceAfterwards() {
    ObjectEntry entry = borrowed(KEY);
    references.whenRegistered(entry, () -> seen.add("early"));
    references.flush();
    assertThat(seen).isEmpty();

    outbox.answer(outbox.takeOnly(BodyCase.ADD_BORROWER), added());
    references.whenRegistered(entry, () -> seen.add("late"));

    assertThat(seen).containsExactly("early", "late");
    assertThat(entry.ownership().registration()).isEqualTo(Registration.CONFIRMED);
  }

  @Test
  void shouldFailTheObjectWhenItsOwnerNoLongerHasIt() {
    ObjectEntry entry = borrowed(KEY);
    references.whenRegistered(entry, () -> seen.add("settled"));
    references.flush();

    outbox.answer(
        outbox.takeOnly(BodyCase.ADD_BORROWER),
        Packet.newBuilder().setBorrowerAdded(BorrowerAdded.newBuilder().addUnknown(KEY.toProto())));

    assertThat(seen).containsExactly("settled");
    assertThat(failure(entry)).isEqualTo(FailureKind.OBJECT_LOST);
  }

  @Test
  void shouldAskForTheValueOnceAndKeepTheEntryMeanwhile() {
    ObjectEntry entry = registered(KEY);
    references.await(entry);
    references.await(entry);
    references.release(entry);
    Packet await = outbox.takeOnly(BodyCase.AWAIT_OBJECT);
    references.flush();
    assertThat(outbox.take()).isEmpty();

    outbox.answer(await, value());
    outbox.answer(await, value());
    references.flush();

    assertThat(entry.outcome()).isInstanceOf(Outcome.Inline.class);
    outbox.takeOnly(BodyCase.REMOVE_BORROWER);
    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldKeepTheOuterObjectUntilWhatIsInsideIsRegistered() {
    ObjectEntry outer = registered(KEY);
    references.await(outer);
    references.release(outer);
    outbox.answer(outbox.takeOnly(BodyCase.AWAIT_OBJECT), value(INNER));
    references.flush();
    assertThat(outbox.take(BodyCase.REMOVE_BORROWER)).isEmpty();

    outbox.answer(outbox.takeOnly(BodyCase.ADD_BORROWER), added());
    references.flush();

    assertThat(outbox.take(BodyCase.REMOVE_BORROWER))
        .extracting(Packet::getTo)
        .containsExactlyInAnyOrder(OWNER, INNER_OWNER);
    assertThat(table.entries()).isEmpty();
  }

  @Test
  void shouldFailWhatHasNoValueWhenTheOwnerDies() {
    ObjectEntry known = registered(KEY);
    references.await(known);
    outbox.answer(outbox.takeOnly(BodyCase.AWAIT_OBJECT), value());
    ObjectEntry unknown = borrowed(new ObjectKey(OWNER, 9));
    references.await(unknown);
    references.whenRegistered(unknown, () -> seen.add("settled"));
    references.flush();

    outbox.requests().onProcessDied(OWNER, Failures.of(FailureKind.WORKER_DIED, "killed"));
    references.onProcessDied(OWNER, "killed");
    references.onProcessDied(OWNER, "killed");

    assertThat(known.outcome()).isInstanceOf(Outcome.Inline.class);
    assertThat(failure(unknown)).isEqualTo(FailureKind.OWNER_DIED);
    assertThat(seen).containsExactly("settled");
    references.release(known);
    references.release(unknown);
    assertThat(table.entries()).isEmpty();
    assertThat(outbox.requests().size()).isZero();
  }

  @Test
  void shouldFailWhenTheOwnersWholeNodeDies() {
    ObjectEntry entry = registered(KEY);
    references.onProcessDied(ProcessAddress.of(2, 0), "node lost");
    assertThat(failure(entry)).isEqualTo(FailureKind.OWNER_DIED);
  }

  @Test
  void shouldLeaveOthersAloneWhenAProcessDies() {
    ObjectEntry entry = registered(KEY);
    references.onProcessDied(ProcessAddress.of(2, 4), "killed");
    assertThat(entry.isReady()).isFalse();
    assertThat(entry.retains()).isEqualTo(1);
  }

  @Test
  void shouldFailOwnObjectsAtOnceWhenAnOldReferenceComesBack() {
    ObjectEntry entry = table.retainOrCreate(new ObjectKey(SELF, 3), SELF);
    references.borrow(entry);
    references.flush();
    assertThat(failure(entry)).isEqualTo(FailureKind.OBJECT_LOST);
    assertThat(outbox.take()).isEmpty();
  }

  private ObjectEntry borrowed(ObjectKey key) {
    ObjectEntry entry = table.retainOrCreate(key, SELF);
    references.borrow(entry);
    return entry;
  }

  private ObjectEntry registered(ObjectKey key) {
    ObjectEntry entry = borrowed(key);
    references.flush();
    outbox.answer(outbox.takeOnly(BodyCase.ADD_BORROWER), added());
    return entry;
  }

  private static Packet.Builder added() {
    return Packet.newBuilder().setBorrowerAdded(BorrowerAdded.getDefaultInstance());
  }

  private static Packet.Builder value(ObjectKey... inside) {
    EncodedValue.Builder value = EncodedValue.newBuilder().setKind(1);
    for (ObjectKey key : inside) {
      value.addReferences(key.toProto());
    }
    return Packet.newBuilder()
        .setObjectValue(ObjectValue.newBuilder().setId(KEY.toProto()).setValue(value));
  }

  private static FailureKind failure(ObjectEntry entry) {
    return entry.outcome() instanceof Outcome.Failed failed
        ? failed.failure().getKind()
        : FailureKind.FAILURE_KIND_UNSPECIFIED;
  }
}
