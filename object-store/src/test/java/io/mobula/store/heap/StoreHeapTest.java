package io.mobula.store.heap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import io.mobula.store.layout.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoreHeapTest {

  private static final long MIB = 1 << 20;

  @Test
  void shouldAskForMemoryFirstWhenHeapIsNew() {
    StoreHeap heap = heap(64 * MIB);
    HeapRange extent = grow(heap, 100);
    assertThat(extent.sizeBytes()).isEqualTo(8 * MIB);
    assertThat(heap.usage().populatedBytes()).isZero();
    heap.populateFinished(PopulateResult.complete(extent));
    assertThat(fits(heap, 100).offset()).isEqualTo(extent.offset());
  }

  @Test
  void shouldLetOthersWaitWhileItGrows() {
    StoreHeap heap = heap(64 * MIB);
    HeapRange extent = grow(heap, 100);
    assertThat(heap.allocate(20 * MIB)).isEqualTo(new HeapAllocation.Growing(extent));
    heap.populateFinished(PopulateResult.complete(extent));
    assertThat(grow(heap, 20 * MIB)).isEqualTo(new HeapRange(extent.endOffset(), 12 * MIB));
  }

  @Test
  void shouldGrowInLargerExtentsWhenHeapIsLarger() {
    StoreHeap heap = heap(4096 * MIB);
    populate(heap, 100 * MIB, 100 * MIB);
    populate(heap, 2 * MIB, 50 * MIB);
    fits(heap, 48 * MIB);
    populate(heap, 800 * MIB, 800 * MIB);
    assertThat(grow(heap, 1).sizeBytes()).isEqualTo(256 * MIB);
  }

  @Test
  void shouldGrowToCapacityExactlyAndThenRefuse() {
    StoreHeap heap = heap(20 * MIB);
    populate(heap, MIB, 8 * MIB);
    populate(heap, 8 * MIB, 8 * MIB);
    populate(heap, 8 * MIB, 4 * MIB);
    assertThat(heap.allocate(MIB)).isInstanceOf(HeapAllocation.Fits.class);
    assertThat(heap.usage().ungrownBytes()).isZero();
    assertThat(heap.allocate(8 * MIB)).isInstanceOf(HeapAllocation.NoRoom.class);
    assertThat(heap.allocate(Long.MAX_VALUE)).isInstanceOf(HeapAllocation.NoRoom.class);
  }

  @Test
  void shouldUseWhatCameAndStopGrowingWhenSystemRefusesMemory() {
    StoreHeap heap = heap(64 * MIB);
    HeapRange extent = grow(heap, 100);
    heap.populateFinished(PopulateResult.stopped(extent, 5 * MIB, "no space"));
    assertThat(heap.usage().populatedBytes()).as("whole units").isEqualTo(4 * MIB);
    assertThat(heap.isGrowthStopped()).isTrue();
    assertThat(fits(heap, 4 * MIB).sizeBytes()).isEqualTo(4 * MIB);
    assertThat(heap.allocate(1)).isInstanceOf(HeapAllocation.NoRoom.class);
    heap.resumeGrowth();
    assertThat(grow(heap, 1).offset()).isEqualTo(extent.offset() + 4 * MIB);
    heap.verify();
  }

  @Test
  void shouldGrowAheadInSmallStepsUntilEnoughIsFree() {
    StoreHeap heap = heap(100 * MIB);
    List<Long> steps = new ArrayList<>();
    for (HeapRange extent; (extent = heap.growAhead(69 * MIB)) != null; ) {
      assertThat(heap.growAhead(69 * MIB)).as("one at a time").isNull();
      steps.add(extent.sizeBytes() / MIB);
      heap.populateFinished(PopulateResult.complete(extent));
    }
    assertThat(steps.stream().mapToLong(Long::longValue).sum()).isBetween(69L, 72L);
    assertThat(steps).allMatch(step -> step <= 32);
    heap.verify();
  }

  @Test
  void shouldNotGrowAheadBeyondCapacityOrAfterRefusal() {
    StoreHeap heap = heap(10 * MIB);
    HeapRange extent = requireNonNull(heap.growAhead(64 * MIB));
    assertThat(extent.sizeBytes()).isEqualTo(10 * MIB);
    heap.populateFinished(PopulateResult.stopped(extent, 4 * MIB, "no space"));
    assertThat(heap.growAhead(64 * MIB)).isNull();
  }

  @Test
  void shouldRefuseResultWhenItWasNotAskedFor() {
    StoreHeap heap = heap(64 * MIB);
    assertThatThrownBy(() -> heap.populateFinished(PopulateResult.complete(new HeapRange(0, 4096))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new PopulateResult(new HeapRange(0, 10), 9, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTellFragmentationWhenFreeMemoryIsInPieces() {
    StoreHeap heap = heap(8 * MIB);
    HeapRange extent = grow(heap, 1);
    heap.populateFinished(PopulateResult.complete(extent));
    assertThat(heap.usage().fragmentation()).isZero();
    HeapBlock first = fits(heap, 4 * MIB);
    fits(heap, 64);
    heap.free(first);
    assertThat(heap.usage().freeBlockCount()).isEqualTo(2);
    assertThat(heap.usage().fragmentation()).isBetween(0.49, 0.51);
    assertThat(heap.usage().freeBytes()).isEqualTo(8 * MIB - 64);
  }

  private static StoreHeap heap(long capacityBytes) {
    return new StoreHeap(StoreLayout.ofCapacity(capacityBytes));
  }

  private static void populate(StoreHeap heap, long sizeBytes, long expectedExtentBytes) {
    HeapRange extent = grow(heap, sizeBytes);
    assertThat(extent.sizeBytes()).isEqualTo(expectedExtentBytes);
    heap.populateFinished(PopulateResult.complete(extent));
    fits(heap, sizeBytes);
  }

  private static HeapRange grow(StoreHeap heap, long sizeBytes) {
    HeapAllocation allocation = heap.allocate(sizeBytes);
    assertThat(allocation).isInstanceOf(HeapAllocation.Grow.class);
    return ((HeapAllocation.Grow) allocation).extent();
  }

  private static HeapBlock fits(StoreHeap heap, long sizeBytes) {
    HeapAllocation allocation = heap.allocate(sizeBytes);
    assertThat(allocation).isInstanceOf(HeapAllocation.Fits.class);
    return ((HeapAllocation.Fits) allocation).block();
  }
}
