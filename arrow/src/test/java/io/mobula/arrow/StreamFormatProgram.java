package io.mobula.arrow;

import io.mobula.api.SerializationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/** Reads and writes batches with Arrow's own classes. Started by {@link StreamFormatIT}. */
final class StreamFormatProgram {
  private StreamFormatProgram() {}

  static void main() throws IOException {
    try (BufferAllocator allocator = new RootAllocator()) {
      for (int rows : new int[] {0, 1, SampleBatches.ROWS}) {
        try (VectorSchemaRoot root = SampleBatches.all(allocator, rows)) {
          check(root, new DictionaryProvider.MapDictionaryProvider(), allocator);
        }
      }
      try (ArrowBatchTest.Colours colours = new ArrowBatchTest.Colours(allocator)) {
        check(colours.root, colours.provider, allocator);
        refuseTwoBatches(colours, allocator);
      }
    }
    System.out.println("same");
  }

  private static void check(
      VectorSchemaRoot root, DictionaryProvider provider, BufferAllocator allocator)
      throws IOException {
    byte[] ours = ArrowBatch.encode(root, provider).toArray(ValueLayout.JAVA_BYTE);
    try (ArrowStreamReader reader =
        new ArrowStreamReader(new ByteArrayInputStream(ours), allocator)) {
      require(reader.loadNextBatch(), "has a batch");
      requireSame(reader.getVectorSchemaRoot(), root);
      require(!reader.loadNextBatch(), "has one batch");
      for (long id : provider.getDictionaryIds()) {
        require(
            ArrowBatchTest.values(reader.lookup(id).getVector())
                .equals(ArrowBatchTest.values(provider.lookup(id).getVector())),
            "has the dictionary");
      }
    }
    try (ArrowBatch batch = ArrowBatch.view(written(root, provider, 1), allocator)) {
      requireSame(batch.root(), root);
    }
  }

  private static void refuseTwoBatches(ArrowBatchTest.Colours colours, BufferAllocator allocator)
      throws IOException {
    try (ArrowBatch batch =
        ArrowBatch.view(written(colours.root, colours.provider, 2), allocator)) {
      throw new AssertionError("accepted rows=" + batch.root().getRowCount());
    } catch (SerializationException e) {
      require(e.getMessage() != null, "says why");
    }
  }

  private static MemorySegment written(
      VectorSchemaRoot root, DictionaryProvider provider, int batchCount) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ArrowStreamWriter writer = new ArrowStreamWriter(root, provider, out)) {
      for (int i = 0; i < batchCount; i++) {
        writer.writeBatch();
      }
      writer.end();
    }
    byte[] bytes = out.toByteArray();
    return Arena.ofAuto().allocate(bytes.length, 64).copyFrom(MemorySegment.ofArray(bytes));
  }

  private static void requireSame(VectorSchemaRoot actual, VectorSchemaRoot expected) {
    require(actual.getSchema().equals(expected.getSchema()), "schema " + actual.getSchema());
    int columnCount = expected.getFieldVectors().size();
    for (int i = 0; i < columnCount; i++) {
      require(
          ArrowBatchTest.values(actual.getVector(i))
              .equals(ArrowBatchTest.values(expected.getVector(i))),
          "column " + expected.getVector(i).getName());
    }
  }

  private static void require(boolean isTrue, String what) {
    if (!isTrue) {
      throw new AssertionError(what);
    }
  }
}
