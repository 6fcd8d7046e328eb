package io.mobula.store.hold;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.index.IndexWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A reader, and an owner that acts between its steps. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class StoreReaderTest {

  private static final StoreKey KEY = new StoreKey(1, 1);
  private static final StoreKey OTHER = new StoreKey(1, 2);
  private static final HeapRange RANGE = new HeapRange(64, 10);
  private static final HeapRange OTHER_RANGE = new HeapRange(640, 20);

  private final SharedMemory memory = new SharedMemory(1 << 20, 1, 2);
  private final IndexWriter writer = memory.writer();
  private final HoldTables tables = memory.tables();
  private final int table = tables.assign(7);
  private int notices;
  private @Nullable ReadStep actAt;
  private Runnable action = () -> {};
  private final Deque<ReadStep> steps = new ArrayDeque<>();
  private final StoreReader reader = memory.join(table, 3, () -> notices++, this::reached);

  private void reached(ReadStep step) {
    steps.add(step);
    if (step == actAt) {
      actAt = null;
      action.run();
    }
  }

  @Test
  void shouldHoldAndReleaseWithoutNoticeWhenNobodyDeletes() {
    int slot = publish(KEY, RANGE);
    Held held = hold(KEY);
    assertThat(held.range()).isEqualTo(RANGE);
    assertThat(tables.isHeld(slot)).isTrue();
    assertThat(writer.takeUsed(slot)).isTrue();
    assertThat(held.release()).isFalse();
    assertThat(tables.isHeld(slot)).isFalse();
    assertThat(steps).containsExactly(ReadStep.values());
  }

  @Test
  void shouldTellOwnerOnceWhenObjectIsDeletedWhileHeld() {
    int slot = publish(KEY, RANGE);
    Held held = hold(KEY);
    writer.withdraw(slot);
    assertThat(tables.isHeld(slot)).isTrue();
    assertThat(tryHold(KEY)).isNull();
    assertThat(held.release()).isTrue();
    assertThat(held.release()).isFalse();
    assertThat(tables.isHeld(slot)).isFalse();
    writer.remove(slot);
    assertThat(reader.heldCount()).isZero();
  }

  @Test
  void shouldTellOwnerWhenObjectIsWanted() {
    int slot = publish(KEY, RANGE);
    Held held = hold(KEY);
    writer.withdraw(slot);
    writer.restoreWanted(slot);
    Held second = hold(KEY);
    assertThat(held.release()).isTrue();
    writer.settle(slot);
    assertThat(second.release()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = ReadStep.class,
      names = {"FOUND", "TAKEN"})
  void shouldFindNothingWhenOwnerDeletesBeforeHoldIsWritten(ReadStep step) {
    int slot = publish(KEY, RANGE);
    at(
        step,
        () -> {
          writer.withdraw(slot);
          assertThat(tables.isHeld(slot)).isFalse();
          writer.remove(slot);
        });
    assertThat(tryHold(KEY)).isNull();
    assertThat(notices).isZero();
    assertThat(reader.heldCount()).isZero();
  }

  @Test
  void shouldTellOwnerOfAbandonedHoldWhenOwnerHasSeenIt() {
    int slot = publish(KEY, RANGE);
    at(
        ReadStep.WRITTEN,
        () -> {
          writer.withdraw(slot);
          assertThat(tables.isHeld(slot)).isTrue();
        });
    assertThat(tryHold(KEY)).isNull();
    assertThat(notices).isEqualTo(1);
    assertThat(tables.isHeld(slot)).isFalse();
  }

  @Test
  void shouldHoldWhenOwnerChangesItsMind() {
    int slot = publish(KEY, RANGE);
    at(
        ReadStep.WRITTEN,
        () -> {
          writer.withdraw(slot);
          assertThat(tables.isHeld(slot)).isTrue();
          writer.restoreWanted(slot);
        });
    Held held = hold(KEY);
    assertThat(held.range()).isEqualTo(RANGE);
    assertThat(held.release()).isTrue();
  }

  /** The one slot of this index is given to another object, whose deletion waits for the reader. */
  @Test
  void shouldTellOwnerWhenAbandonedHoldHasStoppedAnotherObject() {
    int slot = publish(KEY, RANGE);
    at(
        ReadStep.TAKEN,
        () -> {
          replace(slot, OTHER, OTHER_RANGE);
          at(
              ReadStep.WRITTEN,
              () -> {
                writer.withdraw(slot);
                assertThat(tables.isHeld(slot)).isTrue();
              });
        });
    assertThat(tryHold(KEY)).isNull();
    assertThat(notices).isEqualTo(1);
    assertThat(tables.isHeld(slot)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = ReadStep.class,
      names = {"FOUND", "TAKEN", "WRITTEN"})
  void shouldFindNothingWhenSlotIsReused(ReadStep step) {
    int slot = publish(KEY, RANGE);
    at(step, () -> replace(slot, OTHER, OTHER_RANGE));
    assertThat(tryHold(KEY)).isNull();
    assertThat(hold(OTHER).range()).isEqualTo(OTHER_RANGE);
    assertThat(notices).isZero();
  }

  @Test
  void shouldNeverReadOldRangeWhenSameKeyIsPublishedAgain() {
    int slot = publish(KEY, RANGE);
    at(ReadStep.TAKEN, () -> replace(slot, KEY, OTHER_RANGE));
    assertThat(hold(KEY).range()).isEqualTo(OTHER_RANGE);
    at(ReadStep.WRITTEN, () -> replace(slot, KEY, RANGE));
    assertThat(tryHold(KEY)).isNull();
  }

  @Test
  void shouldBeSeenByOwnerUntilItIsToldWhenReaderStopsAfterClearing() {
    int slot = publish(KEY, RANGE);
    Held held = hold(KEY);
    at(
        ReadStep.CLEARED,
        () -> {
          writer.withdraw(slot);
          assertThat(tables.isHeld(slot)).isFalse();
          writer.remove(slot);
        });
    assertThat(held.release()).isFalse();
  }

  @Test
  void shouldFindNothingWhenTableIsFullOrClosed() {
    publish(KEY, RANGE);
    Held first = hold(KEY);
    hold(KEY);
    hold(KEY);
    assertThat(tryHold(KEY)).isNull();
    assertThat(first.release()).isFalse();
    Held again = hold(KEY);
    reader.close();
    assertThat(again.release()).isFalse();
    assertThat(tryHold(KEY)).isNull();
    assertThat(reader.heldCount()).isEqualTo(2);
    assertThat(tables.isClosed(table)).isFalse();
  }

  private void replace(int slot, StoreKey key, HeapRange range) {
    writer.withdraw(slot);
    writer.remove(slot);
    assertThat(writer.publish(key, range)).isEqualTo(slot);
  }

  private void at(ReadStep step, Runnable newAction) {
    actAt = step;
    action = newAction;
  }

  private int publish(StoreKey key, HeapRange range) {
    return writer.publish(key, range);
  }

  private Held hold(StoreKey key) {
    return requireNonNull(tryHold(key));
  }

  private @Nullable Held tryHold(StoreKey key) {
    return reader.tryHold(key.high(), key.low());
  }
}
