package io.mobula.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.LossReason;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept to make results again, for how long, and how much at most. */
final class LineageTest {
  private static final long A = RecoveryRig.A;
  private static final long B = RecoveryRig.B;

  private final RecoveryRig rig = new RecoveryRig();

  @Test
  void shouldKeepNothingWhenTheResultIsSmall() {
    ObjectEntry result = rig.submit("small", 3);
    rig.completion.onCompleted(rig.only(), new Outcome.Inline(1, new byte[0]), 0, null);
    assertThat(rig.lineage.size()).isZero();
    rig.drop(result);
    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldFreeTheValueOfAnArgumentAndKeepItsTaskWhenAnotherNeedsIt() {
    ObjectEntry argument = rig.made("argument", 3, A);
    ObjectEntry result = rig.made("result", 3, B, argument);

    rig.drop(argument);

    assertThat(rig.outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(A);
    assertThat(rig.table.entries()).containsExactly(result);
    assertThat(rig.lineage.size()).isEqualTo(2);
    rig.drop(result);
    assertThat(rig.lineage.size()).isZero();
  }

  @Test
  void shouldKeepTheValueOfAnArgumentWhenItCannotBeMadeAgain() {
    ObjectEntry put = rig.put(A);
    ObjectEntry result = rig.made("result", 3, B, put);
    rig.drop(put);
    assertThat(rig.table.entries()).containsExactlyInAnyOrder(put, result);

    rig.drop(result);

    assertThat(rig.table.entries()).isEmpty();
  }

  @Test
  void shouldLetGoOfTheOldestSuchValuesWhenTheStoreIsFull() {
    List<ObjectEntry> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ObjectEntry put = rig.put(A);
      results.add(rig.made("result " + i, 3, B, put));
      rig.drop(put);
    }

    rig.lineage.onStoreFull().forEach(rig::drop);

    assertThat(rig.table.entries()).hasSize(6).containsAll(results);
    assertThat(rig.lineage.dropped()).isEqualTo(2);
    rig.die(B);
    results.forEach(result -> rig.want("asker", result));
    assertThat(RecoveryRig.failure(results.get(0)).getLossReason())
        .isEqualTo(LossReason.LOSS_LINEAGE_DROPPED);
    assertThat(rig.names()).containsExactly("result 2 1", "result 3 1");
  }

  @Test
  void shouldDropTheOldestHalfWhenItIsTooLarge() {
    RecoveryRig small = new RecoveryRig(2_600);
    List<ObjectEntry> results = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      results.add(small.made("make " + i, 3, A));
      assertThat(small.lineage.bytes()).isLessThanOrEqualTo(2_600);
    }
    assertThat(small.lineage.dropped()).isEqualTo(6);
    small.die(A);

    small.want("old", results.getFirst());
    small.want("new", results.getLast());

    assertThat(RecoveryRig.failure(results.getFirst()).getLossReason())
        .isEqualTo(LossReason.LOSS_LINEAGE_DROPPED);
    assertThat(RecoveryRig.failure(results.getFirst()).getMessage())
        .contains("lineageBytesMax=2600", "driver.lineage-bytes");
    assertThat(small.names()).containsExactly("make 10 1");
  }

  @Test
  void shouldFreeWhatAnAttemptLeftWhenItsWorkerDiedBeforeItsAnswer() {
    ObjectEntry result = rig.submit("make", 3);
    rig.references.onLocationAdded(result.key(), A, true, 0);
    rig.only().nextAttempt();

    rig.references.completeOwned(result, RecoveryRig.stored(result, B, 1));
    rig.references.flush();

    assertThat(rig.outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(A);
    assertThat(RecoveryRig.object(result).getLocationsList()).containsExactly(B);
    // An older one, reported late.
    rig.references.onLocationAdded(result.key(), A, true, 0);
    rig.references.flush();
    assertThat(rig.outbox.takeOnly(BodyCase.FREE_OBJECTS).getTo()).isEqualTo(A);
    rig.references.onLocationAdded(result.key(), B, true, 1);
    rig.references.flush();
    assertThat(rig.outbox.take(BodyCase.FREE_OBJECTS)).extracting(Packet::getTo).isEmpty();
  }
}
