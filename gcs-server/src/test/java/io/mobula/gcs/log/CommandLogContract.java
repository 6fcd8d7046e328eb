package io.mobula.gcs.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.proto.GcsCommand;
import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.KvPut;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every command log must do. A log is tested by a subclass that makes one. */
abstract class CommandLogContract {
  private final List<Long> positions = new ArrayList<>();
  private final List<GcsCommand> applied = new ArrayList<>();

  /** A new, empty log. */
  abstract CommandLog create();

  /**
   * Waits until everything that was appended has been applied, running the owner's loop if need be.
   */
  abstract void settle(CommandLog log);

  @Test
  void shouldApplyInOrderWithPositionsFromOneWhenAppended() {
    try (CommandLog log = open()) {
      assertThat(log.lastPosition()).isZero();
      assertThat(log.append(command(1))).isEqualTo(1);
      assertThat(log.append(command(2))).isEqualTo(2);
      settle(log);
      assertThat(positions).containsExactly(1L, 2L);
      assertThat(applied).containsExactly(command(1), command(2));
      assertThat(log.lastPosition()).isEqualTo(2);
    }
  }

  @Test
  void shouldApplyAfterwardsWhenTheApplierAppends() {
    try (CommandLog log = create()) {
      boolean[] isInside = {false};
      log.open((position, command) -> {
        assertThat(isInside[0]).as("nested").isFalse();
        isInside[0] = true;
        applied.add(command);
        if (position < 3) {
          log.append(command((int) position + 1));
        }
        isInside[0] = false;
      });
      log.append(command(1));
      settle(log);
      assertThat(applied).containsExactly(command(1), command(2), command(3));
    }
  }

  @Test
  void shouldGiveBackEverythingWhenRecovered() {
    try (CommandLog log = open()) {
      log.append(command(1));
      log.append(command(2));
      settle(log);
      CommandLog.Recovered recovered = log.recover();
      assertThat(recovered.snapshot()).isEmpty();
      assertThat(recovered.snapshotPosition()).isZero();
      assertThat(recovered.commands()).containsExactly(command(1), command(2));
    }
  }

  @Test
  void shouldDropWhatASnapshotStandsForWhenItIsInstalled() {
    try (CommandLog log = open()) {
      for (int i = 1; i <= 5; i++) {
        log.append(command(i));
      }
      settle(log);
      log.installSnapshot(3, snapshot(3));
      CommandLog.Recovered recovered = log.recover();
      assertThat(recovered.snapshot()).contains(snapshot(3));
      assertThat(recovered.snapshotPosition()).isEqualTo(3);
      assertThat(recovered.commands()).containsExactly(command(4), command(5));
      assertThat(log.append(command(6))).isEqualTo(6);
      settle(log);
      log.installSnapshot(6, snapshot(6));
      assertThat(log.recover().commands()).isEmpty();
      assertThat(log.recover().snapshot()).contains(snapshot(6));
    }
  }

  @Test
  void shouldRefuseASnapshotWhenItsPositionIsPastOrNotApplied() {
    try (CommandLog log = open()) {
      log.append(command(1));
      log.append(command(2));
      settle(log);
      log.installSnapshot(2, snapshot(2));
      assertThatThrownBy(() -> log.installSnapshot(1, snapshot(1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.installSnapshot(3, snapshot(3)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldGoOnCountingWhenOpenedAgain() {
    try (CommandLog log = open()) {
      log.append(command(1));
      settle(log);
      positions.clear();
      log.open((position, command) -> positions.add(position));
      log.append(command(2));
      settle(log);
      assertThat(positions).containsExactly(2L);
    }
  }

  @Test
  void shouldRefuseToAppendWhenNotOpen() {
    try (CommandLog log = create()) {
      assertThatThrownBy(() -> log.append(command(1))).isInstanceOf(IllegalStateException.class);
    }
  }

  private CommandLog open() {
    CommandLog log = create();
    log.open((position, command) -> {
      positions.add(position);
      applied.add(command);
    });
    return log;
  }

  private static GcsCommand command(int number) {
    return GcsCommand.newBuilder()
        .setNowMillis(number)
        .setKvPut(KvPut.newBuilder().setKey("key" + number))
        .build();
  }

  private static GcsSnapshot snapshot(int number) {
    return GcsSnapshot.newBuilder().setLastNodeNumber(number).build();
  }
}
