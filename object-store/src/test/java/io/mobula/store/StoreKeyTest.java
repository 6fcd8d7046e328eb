package io.mobula.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class StoreKeyTest {

  @Test
  void shouldPrintAllDigitsWhenNumbersAreSmallOrNegative() {
    assertThat(new StoreKey(1, -1)).hasToString("0000000000000001ffffffffffffffff");
  }

  @Test
  void shouldRefuseWhenRangeIsNegativeOrOverflows() {
    assertThatThrownBy(() -> new HeapRange(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HeapRange(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HeapRange(Long.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldContainWhenRangeLiesInside() {
    HeapRange outer = new HeapRange(10, 10);
    assertThat(outer.contains(new HeapRange(10, 10))).isTrue();
    assertThat(outer.contains(new HeapRange(20, 0))).isTrue();
    assertThat(outer.contains(new HeapRange(9, 2))).isFalse();
    assertThat(outer.contains(new HeapRange(19, 2))).isFalse();
  }
}
