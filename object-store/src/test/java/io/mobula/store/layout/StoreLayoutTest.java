package io.mobula.store.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreLayoutTest {

  @ParameterizedTest
  @ValueSource(longs = {4096, 1 << 20, 64 << 20, (64L << 20) + 5, 1L << 40})
  void shouldPlaceRegionsInOrderWhenCapacityIsGiven(long capacityBytes) {
    StoreLayout layout = StoreLayout.ofCapacity(capacityBytes);
    assertThat(layout.indexOffset()).isEqualTo(StoreLayout.PAGE_BYTES);
    assertThat(layout.holdsOffset())
        .isEqualTo(
            layout.indexOffset() + (long) layout.indexSlotCount() * StoreLayout.INDEX_SLOT_BYTES);
    assertThat(layout.heapOffset() % StoreLayout.HEAP_ALIGNMENT_BYTES).isZero();
    assertThat(layout.heapBytes()).isEqualTo(capacityBytes - capacityBytes % 4096);
    assertThat(layout.fileBytes()).isEqualTo(layout.heap().endOffset());
  }

  @Test
  void shouldGrowIndexWithCapacityUpToItsLimit() {
    assertThat(StoreLayout.ofCapacity(4096).indexSlotCount()).isEqualTo(4096);
    assertThat(StoreLayout.ofCapacity(1L << 30).indexSlotCount()).isEqualTo(32768);
    assertThat(StoreLayout.ofCapacity((1L << 30) + (1 << 20)).indexSlotCount()).isEqualTo(65536);
    assertThat(StoreLayout.ofCapacity(1L << 42).indexSlotCount()).isEqualTo(1 << 20);
  }

  @Test
  void shouldRefuseWhenCapacityIsLessThanAPage() {
    assertThatThrownBy(() -> StoreLayout.ofCapacity(4095))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacityBytes=4095");
  }

  @Test
  void shouldRefuseWhenRegionsOverlap() {
    assertThatThrownBy(() -> new StoreLayout(4096, 4096, 128, 8192, 1, 16384, 20480, 4096))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("overlap");
  }
}
