package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.GetReferences;
import io.mobula.proto.ObjectReferences;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessReferences;
import io.mobula.proto.ReferencedState;
import io.mobula.proto.StoredObject;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReferenceListingTest {
  private static final long SELF = ProcessAddress.of(1, 1);
  private static final long RAYLET = ProcessAddress.of(1, 0);
  private static final long OTHER = ProcessAddress.of(2, 5);

  private final ObjectTable table = new ObjectTable();
  private final RecordingOutbox outbox = new RecordingOutbox(SELF);
  private final Deque<Runnable> due = new ArrayDeque<>();
  private final ReferenceListing listing =
      new ReferenceListing(
          table,
          new Lineage(Lineage.BYTES_MAX_DEFAULT),
          outbox,
          (delayNanos, action) -> {
            due.add(action);
            return () -> due.remove(action);
          });

  @Test
  void shouldNameTheLargestFirstAndSumUpAllWhenThereAreMoreThanAskedFor() {
    inline(1, 10);
    inline(2, 30);
    stored(3, 200_000);
    inline(4, 20);

    ProcessReferences answer = ask(2);

    assertThat(answer.getObjectCount()).isEqualTo(4);
    assertThat(answer.getOwnedCount()).isEqualTo(4);
    assertThat(answer.getInlineBytes()).isEqualTo(60);
    assertThat(answer.getObjectsList())
        .extracting(object -> object.getId().getSequence())
        .containsExactly(3L, 2L);
  }

  @Test
  void shouldSayWhatNeedsAnObjectWhenItIsListed() {
    ObjectEntry inner = stored(1, 200_000);
    inner.ownership().setMaker(null, "App.main(App.java:7)");
    inner.ownership().borrowers().add(OTHER, 1);
    inner.ownership().locations().add(RAYLET);
    inner.ownership().addArgumentUses(2);
    inner.retain();
    ObjectEntry outer = inline(2, 5);
    outer.ownership().contained().add(inner);

    ObjectReferences object = ask(10).getObjects(0);

    assertThat(object.getState()).isEqualTo(ReferencedState.REFERENCED_STORED);
    assertThat(object.getSizeBytes()).isEqualTo(200_000);
    assertThat(object.getHasHandle()).isFalse();
    assertThat(object.getArgumentCount()).isEqualTo(2);
    assertThat(object.getBorrowersList()).containsExactly(OTHER);
    assertThat(object.getEnclosingTotal()).isEqualTo(1);
    assertThat(object.getEnclosingList()).containsExactly(outer.key().toProto());
    assertThat(object.getLocationsList()).containsExactly(RAYLET);
    assertThat(object.getRetainCount()).isEqualTo(2);
    assertThat(object.getCallSite()).isEqualTo("App.main(App.java:7)");
  }

  @Test
  void shouldWaitForATaskWhenItsResultIsNotThere() {
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(SELF, 1));
    result.ownership().setMaker("Guide.total", null);
    table.add(result);
    table.retainOrCreate(new ObjectKey(OTHER, 9), SELF);

    ProcessReferences answer = ask(10);

    assertThat(answer.getOwnedCount()).isEqualTo(1);
    assertThat(answer.getObjectsList())
        .extracting(ObjectReferences::getState)
        .containsOnly(ReferencedState.REFERENCED_WAITING);
    assertThat(answer.getObjectsList())
        .extracting(ObjectReferences::getTaskName, ObjectReferences::getIsTaskPending)
        .containsExactlyInAnyOrder(tuple("Guide.total", true), tuple("", false));
  }

  @Test
  void shouldCountKeptTasksWhenTheyHoldAnArgument() {
    RecoveryRig rig = new RecoveryRig();
    ObjectEntry put = rig.put(RAYLET);
    rig.made("first", 3, RAYLET, put);
    ObjectEntry second = rig.made("second", 3, RAYLET, put);
    rig.drop(put);

    ProcessReferences answer = ask(rig);

    assertThat(answer.getLineageCount()).isEqualTo(2);
    assertThat(answer.getLineageBytes()).isEqualTo(rig.lineage.bytes()).isPositive();
    assertThat(find(answer, put).getLineageCount()).isEqualTo(2);
    assertThat(find(answer, put).getRetainCount()).isEqualTo(2);
    assertThat(find(answer, second).getLineageCount()).isZero();

    rig.drop(second);

    assertThat(find(ask(rig), put).getLineageCount()).isEqualTo(1);
  }

  @Test
  void shouldSayThatATaskHasNotEndedWhenItRunsAgain() {
    RecoveryRig rig = new RecoveryRig();
    ObjectEntry result = rig.made("make", 3, RAYLET);
    rig.die(RAYLET);
    assertThat(find(ask(rig), result).getIsTaskPending()).isFalse();

    rig.want("asker", result);
    rig.answer(RAYLET, false);
    assertThat(find(ask(rig), result).getIsTaskPending()).isTrue();

    rig.run(ProcessAddress.of(2, 0));
    assertThat(find(ask(rig), result).getIsTaskPending()).isFalse();
  }

  @Test
  void shouldNameNothingWhenFiguresAreEnough() {
    inline(1, 10);
    ProcessReferences answer = ask(0);
    assertThat(answer.getObjectCount()).isEqualTo(1);
    assertThat(answer.getObjectsList()).isEmpty();
  }

  @Test
  void shouldLetOthersHaveTheirTurnWhenThereAreManyObjects() {
    int count = 2 * ReferenceListing.STEP + 1;
    for (int i = 1; i <= count; i++) {
      inline(i, 1);
    }
    request(1);
    int turns = 1;
    while (!due.isEmpty()) {
      due.remove().run();
      turns++;
    }
    assertThat(turns).isGreaterThanOrEqualTo(5);
    assertThat(answer().getObjectCount()).isEqualTo(count);
  }

  @Test
  void shouldLeaveOutWhatIsReleasedWhenTheListingIsUnderWay() {
    int count = ReferenceListing.STEP + 1;
    ObjectEntry largest = inline(1, 1_000);
    for (int i = 2; i <= count; i++) {
      inline(i, 1);
    }
    request(1);
    largest.release();
    table.remove(largest);
    while (!due.isEmpty()) {
      due.remove().run();
    }
    assertThat(answer().getObjectsList())
        .noneMatch(object -> object.getId().equals(largest.key().toProto()));
  }

  private static ProcessReferences ask(RecoveryRig rig) {
    RecordingOutbox answers = new RecordingOutbox(rig.outbox.self());
    new ReferenceListing(
            rig.table,
            rig.lineage,
            answers,
            (delayNanos, action) -> {
              throw new AssertionError("so few objects take one turn");
            })
        .onGetReferences(
            Packet.newBuilder()
                .setFrom(RAYLET)
                .setGetReferences(GetReferences.newBuilder().setObjectCountMax(10))
                .build());
    return answers.take().getFirst().getProcessReferences();
  }

  private static ObjectReferences find(ProcessReferences answer, ObjectEntry entry) {
    return answer.getObjectsList().stream()
        .filter(object -> object.getId().equals(entry.key().toProto()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not listed: " + entry));
  }

  private ProcessReferences ask(int countMax) {
    request(countMax);
    while (!due.isEmpty()) {
      due.remove().run();
    }
    return answer();
  }

  private void request(int countMax) {
    listing.onGetReferences(
        Packet.newBuilder()
            .setFrom(RAYLET)
            .setTo(SELF)
            .setCorrelation(77)
            .setGetReferences(GetReferences.newBuilder().setObjectCountMax(countMax))
            .build());
  }

  private ProcessReferences answer() {
    List<Packet> sent = outbox.take();
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().getTo()).isEqualTo(RAYLET);
    assertThat(sent.getFirst().getCorrelation()).isEqualTo(77);
    return sent.getFirst().getProcessReferences();
  }

  private ObjectEntry inline(long sequence, int sizeBytes) {
    return add(sequence, new Outcome.Inline(1, new byte[sizeBytes]));
  }

  private ObjectEntry stored(long sequence, long sizeBytes) {
    return add(
        sequence, new Outcome.Stored(StoredObject.newBuilder().setSizeBytes(sizeBytes).build()));
  }

  private ObjectEntry add(long sequence, Outcome outcome) {
    ObjectEntry entry = ObjectEntry.ready(new ObjectKey(SELF, sequence), outcome);
    table.add(entry);
    return entry;
  }
}
