package io.mobula.store.heap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.HeapRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeapAllocatorTest {

  private static final int PAGE = 4096;
  private static final long START = 2 << 20;
  private static final long LARGE = HeapAllocator.LARGE_BYTES;

  private final HeapAllocator allocator = new HeapAllocator(START, PAGE);

  @AfterEach
  void verify() {
    allocator.verify();
  }

  @Test
  void shouldFindNothingWhenThereIsNoMemory() {
    assertThat(allocator.allocate(1)).isNull();
    assertThat(allocator.missingAtEnd(1)).isEqualTo(PAGE);
  }

  @Test
  void shouldRoundUpToCacheLinesWhenBlockIsSmall() {
    append(PAGE);
    HeapBlock empty = allocate(0);
    HeapBlock small = allocate(65);
    assertThat(empty.offset()).isEqualTo(START);
    assertThat(empty.sizeBytes()).isEqualTo(64);
    assertThat(small.offset()).isEqualTo(START + 64);
    assertThat(small.sizeBytes()).isEqualTo(128);
    assertThat(allocator.usedBytes()).isEqualTo(192);
  }

  @Test
  void shouldStartAndEndAtPagesWhenBlockIsLarge() {
    append(2 * LARGE);
    allocate(64);
    HeapBlock large = allocate(LARGE + 1);
    assertThat(large.offset()).isEqualTo(START + PAGE);
    assertThat(large.sizeBytes()).isEqualTo(LARGE + PAGE);
    HeapBlock inLead = allocate(64);
    assertThat(inLead.offset()).isEqualTo(START + 64);
  }

  @Test
  void shouldMakeBlocksOfTheirOwnWhenBlockIsCarved() {
    append(PAGE);
    HeapBlock whole = allocate(1024);
    HeapBlock first = allocator.carve(whole, 128);
    HeapBlock second = allocator.carve(whole, 64);
    assertThat(first.offset()).isEqualTo(START);
    assertThat(second.offset()).isEqualTo(START + 128);
    assertThat(whole.offset()).isEqualTo(START + 192);
    assertThat(whole.sizeBytes()).isEqualTo(832);
    assertThat(allocator.usedBytes()).isEqualTo(1024);
    assertThatThrownBy(() -> allocator.carve(whole, 832))
        .isInstanceOf(IllegalArgumentException.class);
    allocator.free(first);
    allocator.free(whole);
    allocator.verify();
    allocator.free(second);
    assertThat(allocator.usedBytes()).isZero();
    assertThat(allocator.freeBlockCount()).isEqualTo(1);
  }

  @Test
  void shouldSkipBlockWhenItFitsOnlyUnaligned() {
    append(4 * LARGE);
    allocate(64);
    HeapBlock hole = allocate(LARGE - 64);
    allocate(64);
    HeapBlock next = allocate(64);
    allocator.free(hole);
    // The hole has the size, but starts 64 bytes behind a page.
    HeapBlock large = allocate(LARGE);
    assertThat(large.offset()).isGreaterThan(next.offset());
  }

  @Test
  void shouldTakeSmallestThenLowestWhenSeveralFit() {
    append(PAGE);
    HeapBlock a = allocate(256);
    allocate(64);
    HeapBlock b = allocate(128);
    allocate(64);
    HeapBlock c = allocate(128);
    allocate(64);
    allocator.free(a);
    allocator.free(c);
    allocator.free(b);
    assertThat(allocate(100).offset()).isEqualTo(START + 320);
    assertThat(allocate(100).offset()).isEqualTo(START + 512);
    assertThat(allocate(100).offset()).isEqualTo(START);
  }

  @Test
  void shouldJoinBothNeighboursWhenMiddleIsFreed() {
    append(PAGE);
    HeapBlock a = allocate(64);
    HeapBlock b = allocate(64);
    HeapBlock c = allocate(PAGE - 128);
    allocator.free(a);
    allocator.free(c);
    assertThat(allocator.freeBlockCount()).isEqualTo(2);
    allocator.free(b);
    assertThat(allocator.freeBlockCount()).isEqualTo(1);
    assertThat(allocator.largestFreeBytes()).isEqualTo(PAGE);
    assertThat(allocator.usedBytes()).isZero();
  }

  @Test
  void shouldJoinNewMemoryWhenTailIsFree() {
    append(PAGE);
    allocate(64);
    append(PAGE);
    assertThat(allocator.freeBlockCount()).isEqualTo(1);
    assertThat(allocator.largestFreeBytes()).isEqualTo(2 * PAGE - 64);
    assertThat(allocator.missingAtEnd(2 * PAGE - 64)).isZero();
    assertThat(allocator.missingAtEnd(2 * PAGE)).isEqualTo(PAGE);
    assertThat(allocator.missingAtEnd(LARGE)).isEqualTo(LARGE - PAGE);
  }

  @Test
  void shouldRefuseWhenBlockIsFreedTwice() {
    append(PAGE);
    HeapBlock block = allocate(64);
    allocator.free(block);
    assertThatThrownBy(() -> allocator.free(block))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("freed before");
  }

  @Test
  void shouldRefuseWhenMemoryLeavesAGap() {
    assertThatThrownBy(() -> allocator.append(new HeapRange(START + PAGE, PAGE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> allocator.append(new HeapRange(START, PAGE + 64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void append(long sizeBytes) {
    allocator.append(new HeapRange(START + allocator.populatedBytes(), sizeBytes));
  }

  private HeapBlock allocate(long sizeBytes) {
    return requireNonNull(allocator.allocate(sizeBytes));
  }
}
