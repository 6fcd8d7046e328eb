package io.mobula.store.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories against an oracle that keeps a bit for each cache line of the heap. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class HeapAllocatorHistoryTest {

  private static final int PAGE = 4096;
  private static final int LINE = HeapAllocator.SMALL_ALIGNMENT_BYTES;
  private static final long START = 2 << 20;
  private static final int STEPS = 2_000;

  static List<Long> seeds() {
    long fresh = new Random().nextLong();
    return List.of(1L, 2L, 3L, 4L, fresh, fresh + 1, fresh + 2, fresh + 3);
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void shouldAgreeWithOracleWhenHistoryIsRandom(long seed) {
    Random random = new Random(seed);
    HeapAllocator allocator = new HeapAllocator(START, PAGE);
    BitSet used = new BitSet();
    List<HeapBlock> live = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      int choice = random.nextInt(100);
      if (choice < 55) {
        allocate(random, allocator, used, live);
      } else if (choice < 98 && !live.isEmpty()) {
        HeapBlock block = live.remove(random.nextInt(live.size()));
        used.clear(line(block.offset()), line(block.endOffset()));
        allocator.free(block);
      } else if (allocator.populatedBytes() < 64 << 20) {
        long sizeBytes = (1 + random.nextInt(1024)) * (long) PAGE;
        allocator.append(new HeapRange(START + allocator.populatedBytes(), sizeBytes));
      }
      check(allocator, used);
    }
    for (HeapBlock block : live) {
      allocator.free(block);
    }
    allocator.verify();
    assertThat(allocator.usedBytes()).isZero();
    assertThat(allocator.largestFreeBytes()).isEqualTo(allocator.populatedBytes());
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void shouldGiveSameOffsetsWhenHistoryIsRepeated(long seed) {
    assertThat(offsets(seed)).isEqualTo(offsets(seed));
  }

  private static List<Long> offsets(long seed) {
    Random random = new Random(seed);
    HeapAllocator allocator = new HeapAllocator(START, PAGE);
    allocator.append(new HeapRange(START, 8 << 20));
    List<HeapBlock> live = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      HeapBlock block = allocator.allocate(randomSize(random));
      if (block != null) {
        live.add(block);
        offsets.add(block.offset());
      }
      if (block == null || random.nextInt(3) == 0) {
        allocator.free(live.remove(random.nextInt(live.size())));
      }
    }
    return offsets;
  }

  private static void allocate(
      Random random, HeapAllocator allocator, BitSet used, List<HeapBlock> live) {
    long sizeBytes = randomSize(random);
    boolean isLarge = sizeBytes >= HeapAllocator.LARGE_BYTES;
    int unit = isLarge ? PAGE : LINE;
    long wantedBytes = (Math.max(sizeBytes, 1) + unit - 1) / unit * unit;
    boolean isPossible = fitsSomewhere(used, allocator.populatedBytes(), wantedBytes, unit);
    HeapBlock block = allocator.allocate(sizeBytes);
    assertThat(block != null)
        .as("possible=%s size=%d", isPossible, sizeBytes)
        .isEqualTo(isPossible);
    if (block == null) {
      assertThat(allocator.missingAtEnd(sizeBytes)).isPositive();
      return;
    }
    assertThat(block.sizeBytes()).isEqualTo(wantedBytes);
    assertThat(block.offset() % unit).isZero();
    int next = used.nextSetBit(line(block.offset()));
    assertThat(next == -1 || next >= line(block.endOffset())).as("overlap of %s", block).isTrue();
    used.set(line(block.offset()), line(block.endOffset()));
    live.add(block);
  }

  /** Tries every aligned place, jumping from one used line to the next free one. */
  private static boolean fitsSomewhere(BitSet used, long heapBytes, long wantedBytes, int unit) {
    int lines = (int) (heapBytes / LINE);
    int wantedLines = (int) (wantedBytes / LINE);
    int unitLines = unit / LINE;
    int start = 0;
    while (start + wantedLines <= lines) {
      int obstacle = used.nextSetBit(start);
      if (obstacle == -1 || obstacle >= start + wantedLines) {
        return true;
      }
      start = (used.nextClearBit(obstacle) + unitLines - 1) / unitLines * unitLines;
    }
    return false;
  }

  private static void check(HeapAllocator allocator, BitSet used) {
    allocator.verify();
    assertThat(allocator.usedBytes()).isEqualTo((long) used.cardinality() * LINE);
  }

  private static long randomSize(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1, 2, 3 -> random.nextInt(1024);
      case 4, 5, 6 -> random.nextInt(256 << 10);
      case 7, 8 -> HeapAllocator.LARGE_BYTES + random.nextInt(2 << 20);
      default -> (1 + random.nextInt(600)) * (long) PAGE;
    };
  }

  private static int line(long offset) {
    return (int) ((offset - START) / LINE);
  }
}
