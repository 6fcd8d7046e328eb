package io.mobula.store.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client's and the owner's side of hold tables, one thread each at a time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class HoldTableTest {

  private final SharedMemory memory = new SharedMemory(1 << 20);
  private final HoldTables owner = memory.tables();

  @Test
  void shouldSeeHoldWhenItIsWrittenAndNotWhenItIsCleared() {
    HoldTable table = new HoldTable(memory.table(owner.assign(7)));
    int entry = table.take();
    table.write(entry, 5);
    assertThat(owner.isHeld(5)).isTrue();
    assertThat(owner.isHeld(4)).isFalse();
    assertThat(owner.heldSlots().stream()).containsExactly(5);
    table.clear(entry);
    assertThat(owner.isHeld(5)).isFalse();
    assertThat(owner.heldSlots().isEmpty()).isTrue();
  }

  @Test
  void shouldGiveEveryEntryOnceAndThenNone() {
    HoldTable table = new HoldTable(memory.table(owner.assign(7)));
    List<Integer> entries = new ArrayList<>();
    for (int entry = table.take(); entry != HoldTable.NONE; entry = table.take()) {
      table.write(entry, 1);
      entries.add(entry);
    }
    assertThat(entries)
        .containsExactlyElementsOf(IntStream.range(0, HoldLayout.ENTRY_COUNT).boxed().toList());
    assertThat(table.takenCount()).isEqualTo(HoldLayout.ENTRY_COUNT);
    // The last entry lies inside the table, and is looked at.
    entries.subList(0, HoldLayout.ENTRY_COUNT - 1).forEach(table::clear);
    assertThat(owner.isHeld(1)).isTrue();
    table.clear(entries.getLast());
    entries.forEach(table::giveBack);
    assertThat(table.takenCount()).isZero();
    assertThat(table.take()).isEqualTo(HoldLayout.ENTRY_COUNT - 1);
  }

  @Test
  void shouldKeepHighWaterMarkLowWhenEntriesComeBack() {
    int number = owner.assign(7);
    HoldTable table = new HoldTable(memory.table(number));
    for (int round = 0; round < 100; round++) {
      int first = table.take();
      int second = table.take();
      table.giveBack(first);
      table.giveBack(second);
    }
    assertThat(HoldLayout.getAcquire(memory.table(number), HoldLayout.HIGH_WATER_OFFSET))
        .isEqualTo(2);
  }

  @Test
  void shouldSayClosedWhenLastEntryIsBack() {
    int number = owner.assign(7);
    HoldTable table = new HoldTable(memory.table(number));
    int first = table.take();
    int second = table.take();
    table.close();
    table.close();
    assertThat(table.take()).isEqualTo(HoldTable.NONE);
    assertThat(owner.isClosed(number)).isFalse();
    table.giveBack(first);
    assertThat(owner.isClosed(number)).isFalse();
    table.giveBack(second);
    assertThat(owner.isClosed(number)).isTrue();
    assertThat(table.take()).isEqualTo(HoldTable.NONE);
  }

  @Test
  void shouldSayClosedAtOnceWhenNothingIsHeld() {
    int number = owner.assign(7);
    new HoldTable(memory.table(number)).close();
    assertThat(owner.isClosed(number)).isTrue();
  }

  @Test
  void shouldEndAllHoldsWhenTableIsDroppedAndGiveItOutClean() {
    int number = owner.assign(7);
    HoldTable table = new HoldTable(memory.table(number));
    table.write(table.take(), 5);
    table.take();
    table.close();
    assertThat(owner.isHeld(5)).isTrue();
    owner.drop(number);
    assertThat(owner.isHeld(5)).isFalse();
    assertThat(owner.assign(8)).isEqualTo(number);
    assertThat(owner.isHeld(5)).isFalse();
    assertThat(owner.isClosed(number)).isFalse();
  }

  @Test
  void shouldGiveNoTableWhenAllAreTakenOrThereIsNoMemory() {
    for (int i = 0; i < 4; i++) {
      assertThat(owner.assign(i + 1)).isEqualTo(i);
    }
    assertThat(owner.assign(5)).isEqualTo(HoldTables.NONE);
    owner.drop(2);
    assertThat(owner.assign(5)).isEqualTo(2);
    assertThat(owner.assignedCount()).isEqualTo(4);
    assertThatThrownBy(() -> owner.drop(4)).isInstanceOf(IllegalStateException.class);
    HoldTables poor = new HoldTables(memory.holds(), memory.layout(), table -> false);
    assertThat(poor.assign(1)).isEqualTo(HoldTables.NONE);
  }

  @Test
  void shouldNotFailWhenClientWritesNonsense() {
    int number = owner.assign(7);
    HoldLayout.setRelease(memory.table(number), HoldLayout.HIGH_WATER_OFFSET, Integer.MAX_VALUE);
    HoldLayout.setRelease(memory.table(number), HoldLayout.entryOffset(3), Integer.MAX_VALUE);
    HoldLayout.setRelease(memory.table(number), HoldLayout.entryOffset(4), -9);
    HoldLayout.setRelease(memory.table(number), HoldLayout.entryOffset(5), 3);
    assertThat(owner.heldSlots().stream()).containsExactly(2);
    assertThat(owner.isHeld(2)).isTrue();
    HoldLayout.setRelease(memory.table(number), HoldLayout.HIGH_WATER_OFFSET, -1);
    assertThat(owner.heldSlots().isEmpty()).isTrue();
  }
}
