package io.mobula.store.index;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import io.mobula.store.layout.StoreLayout;
import java.lang.foreign.MemorySegment;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Searches of several threads see one writer's index as if they took turns.
 *
 * <p>{@code -Dmobula.lincheck.iterations=500} plays more than the short form.
 */
@Timeout(3_600)
@Param(name = "key", gen = IntGen.class, conf = "1:5")
public class IndexLincheckTest {
  private static final int ITERATIONS = Integer.getInteger("mobula.lincheck.iterations", 3);
  private static final int SLOTS = 4;
  private static final HeapRange RANGE = new HeapRange(64, 1);

  private final MemorySegment memory =
      MemorySegment.ofArray(new long[SLOTS * StoreLayout.INDEX_SLOT_BYTES / Long.BYTES]);
  private final IndexWriter writer = new IndexWriter(memory, SLOTS);
  private final IndexReader reader = new IndexReader(memory, SLOTS);

  /** Adds or removes; returns whether the object is there now. */
  @Operation(nonParallelGroup = "writer")
  public boolean change(@Param(name = "key") int key) {
    int slot = reader.find(1, key);
    if (slot == IndexReader.ABSENT) {
      return writer.publish(new StoreKey(1, key), RANGE) != IndexWriter.ABSENT;
    }
    writer.withdraw(slot);
    writer.remove(slot);
    return false;
  }

  @Operation
  public boolean find(@Param(name = "key") int key) {
    return reader.find(1, key) != IndexReader.ABSENT;
  }

  @Test
  void shouldBeLinearizable() {
    new StressOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(ITERATIONS)
        .invocationsPerIteration(1_000)
        .check(IndexLincheckTest.class);
  }
}
