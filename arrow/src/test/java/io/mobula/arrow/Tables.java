package io.mobula.arrow;

import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Batches of any size, of two columns whose values are known. */
final class Tables {
  /** Without validity bits. */
  static final int ROW_BYTES = 16;

  private Tables() {}

  /** A column {@code n} with the numbers of the rows, and {@code half} with half of each. */
  static VectorSchemaRoot numbers(BufferAllocator allocator, int rows) {
    BigIntVector numbers = new BigIntVector("n", allocator);
    Float8Vector halves = new Float8Vector("half", allocator);
    numbers.allocateNew(rows);
    halves.allocateNew(rows);
    for (int i = 0; i < rows; i++) {
      numbers.set(i, i);
      halves.set(i, i / 2.0);
    }
    List<FieldVector> vectors = List.of(numbers, halves);
    vectors.forEach(vector -> vector.setValueCount(rows));
    return SampleBatches.rootOf(vectors, rows);
  }

  /** The sum of {@code n}. */
  static long total(ArrowBatch batch) {
    BigIntVector numbers = (BigIntVector) batch.root().getVector("n");
    long sum = 0;
    for (int i = 0; i < numbers.getValueCount(); i++) {
      sum += numbers.get(i);
    }
    return sum;
  }
}
