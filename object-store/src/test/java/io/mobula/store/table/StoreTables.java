package io.mobula.store.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.hold.SharedIndex;
import io.mobula.store.layout.StoreLayout;

/** Tables and objects for tests. */
final class StoreTables {

  static final long WRITER = 1;
  static final long READER = 2;
  static final long OTHER = 3;

  private StoreTables() {}

  /** A table that has all its memory, with three clients. */
  static StoreTable populated(long capacityBytes) {
    return populated(StoreLayout.ofCapacity(capacityBytes), SharedIndex.none());
  }

  /** A table that has all its memory, with three clients. */
  static StoreTable populated(StoreLayout layout, SharedIndex index) {
    StoreTable table = new StoreTable(layout, index);
    long capacityBytes = layout.heapBytes();
    table.clientJoined(WRITER);
    table.clientJoined(READER);
    table.clientJoined(OTHER);
    CreateResult result = table.create(key(-1), capacityBytes, WRITER);
    HeapRange extent = ((CreateResult.NeedsPopulate) result).extent();
    table.populateFinished(PopulateResult.complete(extent));
    assertThat(table.usage().heap().ungrownBytes()).isZero();
    return table;
  }

  static StoreKey key(long number) {
    return new StoreKey(7, number);
  }

  static HeapRange createObject(StoreTable table, StoreKey key, long sizeBytes) {
    CreateResult result = table.create(key, sizeBytes, WRITER);
    assertThat(result).isInstanceOf(CreateResult.Allocated.class);
    return ((CreateResult.Allocated) result).range();
  }

  static HeapRange createSealed(StoreTable table, StoreKey key, long sizeBytes, boolean isPinned) {
    HeapRange range = createObject(table, key, sizeBytes);
    assertThat(table.seal(key, WRITER, isPinned)).isEqualTo(SealResult.SEALED);
    return range;
  }

  static void hold(StoreTable table, StoreKey key, long clientId) {
    assertThat(table.hold(key, clientId)).isInstanceOf(HoldResult.Ready.class);
  }
}
