package io.mobula.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

/** A view outlives the ref, the object and the session that it came from. */
final class KeptViewIT {
  private static final int ROWS = 1 << 19;

  @Test
  void shouldReadTheSameWhenRefObjectAndSessionAreGone() {
    try (BufferAllocator allocator = new RootAllocator()) {
      ArrowBatch batch;
      BigIntVector numbers;
      try (Session session = Mobula.init(o -> o.numCpus(1).objectStoreBytes(48L << 20))) {
        assertThat(session).isNotNull();
        batch = putAndFreed(allocator);
        numbers = (BigIntVector) batch.root().getVector("n");
        fillStore();
        assertSame(numbers);
      }
      System.gc();
      assertSame(numbers);
      batch.close();
      batch.close();
      assertThatThrownBy(() -> numbers.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(batch::root).isInstanceOf(IllegalStateException.class);
    }
  }

  private static ArrowBatch putAndFreed(BufferAllocator allocator) {
    try (VectorSchemaRoot root = Tables.numbers(allocator, ROWS)) {
      ObjectRef<MemorySegment> ref = ArrowBatch.put(root);
      ArrowBatch batch = ArrowBatch.get(ref, allocator);
      ref.free();
      return batch;
    }
  }

  /** Several times over: what may be written to is. */
  private static void fillStore() {
    List<ObjectRef<byte[]>> others = new ArrayList<>();
    byte[] noise = new byte[8 << 20];
    Arrays.fill(noise, (byte) -1);
    for (int i = 0; i < 16; i++) {
      others.add(Mobula.put(noise));
      System.gc();
    }
    assertThat(others.getLast().get()).isEqualTo(noise);
  }

  private static void assertSame(BigIntVector numbers) {
    for (int i = 0; i < ROWS; i++) {
      if (numbers.get(i) != i) {
        assertThat(numbers.get(i)).as("row %s", i).isEqualTo(i);
      }
    }
  }
}
