package io.mobula.store.hold;

import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Entries of a hold table are given and come back as from a stack that one thread uses. {@code
 * -Dmobula.lincheck.iterations=500} plays more than the short form.
 */
@Timeout(3_600)
@Param(name = "thread", gen = ThreadIdGen.class)
public class HoldTableLincheckTest {
  private static final int ITERATIONS = Integer.getInteger("mobula.lincheck.iterations", 3);
  private static final int THREADS_MAX = 16;

  private final HoldTable table =
      new HoldTable(MemorySegment.ofArray(new long[StoreLayout.HOLD_TABLE_BYTES / Long.BYTES]), 3);

  /** The entries that each thread has, as a list without an end. */
  private final int[][] taken = new int[THREADS_MAX][8];

  private final int[] takenCounts = new int[THREADS_MAX];

  @Operation
  public int take(@Param(name = "thread") int thread) {
    int entry = table.take();
    if (entry != HoldTable.NONE) {
      taken[thread][takenCounts[thread]++] = entry;
    }
    return entry;
  }

  @Operation
  public int giveBack(@Param(name = "thread") int thread) {
    if (takenCounts[thread] == 0) {
      return HoldTable.NONE;
    }
    int entry = taken[thread][--takenCounts[thread]];
    table.giveBack(entry);
    return entry;
  }

  @Operation
  public int takenCount() {
    return table.takenCount();
  }

  @Test
  void shouldBeLinearizable() {
    new StressOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(ITERATIONS)
        .invocationsPerIteration(1_000)
        .check(HoldTableLincheckTest.class);
  }
}
