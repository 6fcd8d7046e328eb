package io.mobula.worker.submit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks wait for their arguments, get them as they are when pushed, and let go of them once. */
final class ArgumentResolverTest {
  private static final long OTHER = ProcessAddress.of(2, 4);
  private static final Outcome FAILED =
      new Outcome.Failed(Failures.of(FailureKind.TASK_FAILED, "boom"));

  private final SubmitterRig rig = new SubmitterRig();
  private final List<String> seen = new ArrayList<>();

  @Test
  void shouldBeReadyAtOnceWhenThereIsNothingToWaitFor() {
    resolve(rig.task("a", 0));
    assertThat(seen).containsExactly("a ready");
  }

  @Test
  void shouldWaitForEveryArgumentWhenTheyComeOneByOne() {
    ObjectEntry first = owned(100);
    ObjectEntry second = owned(101);
    PendingTask task = rig.task("a", 0, first, second, first);
    resolve(task);

    first.complete(new Outcome.Inline(3, new byte[] {1}));
    assertThat(seen).isEmpty();
    second.complete(new Outcome.Inline(4, new byte[] {2}));

    assertThat(seen).containsExactly("a ready");
    assertThat(task.spec().getArgumentsList())
        .extracting(argument -> argument.getValue().getKind())
        .containsExactly(3, 4, 3);
  }

  @Test
  void shouldFailOnceAndLetGoWhenSeveralArgumentsFail() {
    ObjectEntry first = owned(100);
    ObjectEntry second = owned(101);
    ObjectEntry never = owned(102);
    rig.submit(rig.task("a", 0, first, second, never));

    first.complete(FAILED);
    second.complete(FAILED);

    assertThat(rig.completed).containsEntry("a", FAILED);
    assertThat(List.of(first.retains(), second.retains(), never.retains())).containsOnly(1);
  }

  @Test
  void shouldLetGoOnceWhenAnArgumentHasFailedBeforeTheOthersWereLookedAt() {
    ObjectEntry failed = ObjectEntry.ready(new ObjectKey(SubmitterRig.SELF, 100), FAILED);
    ObjectEntry other = owned(101);
    rig.submit(rig.task("a", 0, failed, other));
    other.complete(FAILED);
    assertThat(rig.completed).containsOnlyKeys("a");
    assertThat(other.retains()).isEqualTo(1);
    assertThat(failed.retains()).isEqualTo(1);
  }

  @Test
  void shouldSayNothingMoreWhenTheTaskIsOverBeforeItsArgumentsCome() {
    ObjectEntry argument = owned(100);
    PendingTask task = rig.task("a", 0, argument);
    resolve(task);
    rig.resolver.release(task);

    argument.complete(new Outcome.Inline(3, new byte[0]));

    assertThat(seen).isEmpty();
    assertThat(argument.retains()).isEqualTo(1);
  }

  @Test
  void shouldBorrowAndAskOnceWhenAnArgumentIsAnothersObject() {
    ObjectEntry borrowed = rig.table.retainOrCreate(new ObjectKey(OTHER, 5), SubmitterRig.SELF);
    PendingTask task = rig.task("a", 0, borrowed, borrowed);
    resolve(task);
    rig.references.flush();

    Packet await = rig.outbox.takeOnly(BodyCase.AWAIT_OBJECT);
    Packet add = rig.outbox.takeOnly(BodyCase.ADD_BORROWER);
    assertThat(await.getTo()).isEqualTo(OTHER);
    assertThat(add.getAddBorrower().getIdsList()).containsExactly(borrowed.key().toProto());
    rig.outbox.answer(
        await,
        Packet.newBuilder()
            .setObjectValue(
                ObjectValue.newBuilder().setValue(EncodedValue.newBuilder().setKind(9))));

    assertThat(seen).containsExactly("a ready");
    assertThat(task.spec().getArguments(1).getValue().getKind()).isEqualTo(9);
  }

  @Test
  void shouldNameTheReferencesInsideWhenAnInlineArgumentHasSome() {
    ObjectEntry inner = owned(100);
    ObjectEntry outer = owned(101);
    inner.retain();
    outer.ownership().contained().add(inner);
    PendingTask task = rig.task("a", 0, outer);
    resolve(task);

    outer.complete(new Outcome.Inline(1, new byte[0]));

    assertThat(task.spec().getArguments(0).getValue().getReferencesList())
        .containsExactly(inner.key().toProto());
  }

  @Test
  void shouldKeepWhatIsInsideAnArgumentUntilTheTaskIsOverWhenTheArgumentIsFreed() {
    ObjectEntry inner = owned(100);
    ObjectEntry outer = owned(101);
    outer.ownership().contained().add(inner);
    PendingTask task = rig.task("a", 0, outer);
    resolve(task);
    outer.complete(new Outcome.Inline(1, new byte[0]));

    rig.references.replace(outer, FAILED, List.of());

    assertThat(rig.table.find(inner.key())).isSameAs(inner);
    rig.resolver.release(task);
    assertThat(rig.table.find(inner.key())).isNull();
  }

  @Test
  void shouldNameTheCopiesThatAreLeftWhenATaskIsPushedAgain() {
    long here = ProcessAddress.of(1, 0);
    long there = ProcessAddress.of(2, 0);
    ObjectEntry stored = owned(100);
    PendingTask task = rig.task("a", 3, stored);
    resolve(task);
    rig.references.completeOwned(
        stored,
        new Outcome.Stored(
            StoredObject.newBuilder().setId(stored.key().toProto()).addLocations(there).build()));
    rig.references.onLocationAdded(stored.key(), here, false, 0);
    assertThat(locations(task)).containsExactly(there, here);

    rig.references.onProcessDied(there, "node lost");
    task.nextAttempt();

    assertThat(locations(task)).containsExactly(here);
  }

  private static List<Long> locations(PendingTask task) {
    TaskArgument argument = task.spec().getArguments(0);
    return argument.getStored().getLocationsList();
  }

  private ObjectEntry owned(long sequence) {
    ObjectEntry entry = ObjectEntry.pending(new ObjectKey(SubmitterRig.SELF, sequence));
    rig.table.add(entry);
    return entry;
  }

  private void resolve(PendingTask task) {
    rig.resolver.resolve(
        task,
        ready -> seen.add(ready.name() + " ready"),
        (failed, outcome) -> seen.add(failed.name() + " failed"));
  }
}
