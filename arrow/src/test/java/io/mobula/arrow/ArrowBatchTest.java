package io.mobula.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ErrorCode;
import io.mobula.api.SerializationException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UuidVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.apache.arrow.vector.util.TransferPair;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches to values and back. Values are mapped read-only, as they are when they come from a store:
 * whatever writes to one ends the JVM.
 */
final class ArrowBatchTest {
  @TempDir private Path folder;

  private final BufferAllocator allocator = new RootAllocator();
  private int fileCount;

  @AfterEach
  void closeAllocator() {
    // Throws if anything was left.
    allocator.close();
  }

  static Stream<String> flatTypes() {
    return SampleBatches.flatTypes().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flatTypes")
  void shouldReadTheSameWhenAVectorIsOfAFlatType(String name) throws IOException {
    ArrowType type = Objects.requireNonNull(SampleBatches.flatTypes().get(name));
    List<FieldVector> vectors =
        List.of(SampleBatches.flat(allocator, name, type, SampleBatches.ROWS));
    try (VectorSchemaRoot root = SampleBatches.rootOf(vectors, SampleBatches.ROWS)) {
      assertRoundTrip(root);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, SampleBatches.ROWS})
  void shouldReadTheSameWhenABatchHasVectorsOfAllTypes(int rows) throws IOException {
    try (VectorSchemaRoot root = SampleBatches.all(allocator, rows)) {
      assertRoundTrip(root);
    }
  }

  @Test
  void shouldReadTheSameWhenVectorsAreSlices() throws IOException {
    try (VectorSchemaRoot root = SampleBatches.all(allocator, SampleBatches.ROWS);
        VectorSchemaRoot slice = root.slice(5, 19)) {
      assertRoundTrip(slice);
    }
  }

  @Test
  void shouldReadTheSameWhenThereAreNoColumnsOrNothingIsAllocated() throws IOException {
    try (VectorSchemaRoot root = new VectorSchemaRoot(List.of(), List.of(), 3)) {
      assertRoundTrip(root);
    }
    try (VectorSchemaRoot all = SampleBatches.all(allocator, 1);
        VectorSchemaRoot root = VectorSchemaRoot.create(all.getSchema(), allocator)) {
      assertRoundTrip(root);
    }
  }

  @Test
  void shouldReadTheSameWhenAColumnIsOfAnExtensionType() throws IOException {
    UuidVector vector = new UuidVector("id", allocator);
    vector.allocateNew(3);
    vector.set(0, new UUID(1, 2));
    vector.setNull(1);
    vector.set(2, new UUID(-1, -2));
    vector.setValueCount(3);
    try (VectorSchemaRoot root = SampleBatches.rootOf(List.of(vector), 3)) {
      assertRoundTrip(root);
    }
  }

  @Test
  void shouldKeepNamesAndMetadataWhenASchemaHasThem() throws IOException {
    IntVector vector = new IntVector("n", allocator);
    Schema schema = new Schema(List.of(vector.getField()), java.util.Map.of("key", "value"));
    try (VectorSchemaRoot root = new VectorSchemaRoot(schema, List.of(vector), 0);
        ArrowBatch batch = ArrowBatch.view(mapped(ArrowBatch.encode(root)), allocator)) {
      assertThat(batch.root().getSchema()).isEqualTo(schema);
    }
  }

  @Test
  void shouldReadTheSameWhenColumnsHaveDictionaries() throws IOException {
    try (Colours colours = new Colours(allocator);
        ArrowBatch batch =
            ArrowBatch.view(mapped(ArrowBatch.encode(colours.root, colours.provider)), allocator)) {
      FieldVector encoded = batch.root().getVector("colour");
      assertThat(encoded.getField()).isEqualTo(colours.root.getVector("colour").getField());
      Dictionary dictionary = batch.dictionaries().lookup(7);
      try (FieldVector decoded = (FieldVector) DictionaryEncoder.decode(encoded, dictionary)) {
        assertThat(values(decoded)).containsExactly(text("red"), null, text("green"), text("red"));
      }
      assertThat(
              ArrowBatch.encode(batch.root(), batch.dictionaries()).toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(
              ArrowBatch.encode(colours.root, colours.provider).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void shouldNameTheFieldWhenADictionaryIsMissing() {
    try (Colours colours = new Colours(allocator)) {
      assertThatThrownBy(() -> ArrowBatch.encode(colours.root))
          .isInstanceOfSatisfying(
              SerializationException.class,
              e -> {
                assertThat(e.fieldPath()).contains("colour");
                assertThat(e.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILED);
                assertThat(e).hasMessageContaining("pass its dictionaries");
              });
    }
  }

  @Test
  void shouldRefuseWhenVectorsAreNotAsLongAsTheRoot() {
    try (VectorSchemaRoot root = SampleBatches.rootOf(List.of(numbers(10)), 11)) {
      assertThatThrownBy(() -> ArrowBatch.encode(root))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("valueCount=10, rowCount=11");
    }
  }

  @Test
  void shouldCopyWhenAValueIsInTheHeap() {
    try (VectorSchemaRoot root = SampleBatches.all(allocator, SampleBatches.ROWS)) {
      byte[] bytes = ArrowBatch.encode(root).toArray(ValueLayout.JAVA_BYTE);
      try (ArrowBatch batch = ArrowBatch.view(MemorySegment.ofArray(bytes), allocator)) {
        assertThat(batch.isView()).isFalse();
        assertSame(batch.root(), root);
      }
    }
  }

  @Test
  void shouldBeModifiableWhenItIsACopy() throws IOException {
    try (VectorSchemaRoot root = SampleBatches.rootOf(List.of(numbers(1000)), 1000)) {
      MemorySegment value = mapped(ArrowBatch.encode(root));
      try (ArrowBatch copy = ArrowBatch.copy(value, allocator);
          ArrowBatch view = ArrowBatch.view(value, allocator)) {
        ((BigIntVector) copy.root().getVector(0)).set(5, -5);
        assertThat(copy.root().getVector(0).getObject(5)).isEqualTo(-5L);
        assertThat(view.root().getVector(0).getObject(5)).isEqualTo(5L);
      }
    }
  }

  @Test
  void shouldNotWriteToTheValueWhenAViewsVectorsAreMadeAnew() throws IOException {
    try (VectorSchemaRoot root = SampleBatches.all(allocator, SampleBatches.ROWS)) {
      MemorySegment value = mapped(ArrowBatch.encode(root));
      try (ArrowBatch batch = ArrowBatch.view(value, allocator);
          VectorSchemaRoot slice = batch.root().slice(3, 9)) {
        assertThat(slice.getRowCount()).isEqualTo(9);
        batch.root().setRowCount(SampleBatches.ROWS);
        batch.root().setRowCount(SampleBatches.ROWS - 3);
        for (FieldVector vector : batch.root().getFieldVectors()) {
          TransferPair pair = vector.getTransferPair(allocator);
          pair.transfer();
          pair.getTo().close();
          vector.allocateNew();
          vector.clear();
        }
      }
      try (ArrowBatch batch = ArrowBatch.view(value, allocator)) {
        assertSame(batch.root(), root);
      }
    }
  }

  @Test
  void shouldThrowWhenUsedAfterClosing() throws IOException {
    try (VectorSchemaRoot root = SampleBatches.rootOf(List.of(numbers(1000)), 1000)) {
      ArrowBatch batch = ArrowBatch.view(mapped(ArrowBatch.encode(root)), allocator);
      BigIntVector vector = (BigIntVector) batch.root().getVector(0);
      ArrowBuf buffer = vector.getDataBuffer();
      batch.close();
      batch.close();
      assertThatThrownBy(() -> vector.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> buffer.getLong(0)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(batch::root).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(batch::dictionaries).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldKeepTheValueReachableWhenOnlyAVectorOfItIsLeft() throws IOException {
    try (VectorSchemaRoot root = SampleBatches.rootOf(List.of(numbers(1000)), 1000)) {
      MemorySegment value = mapped(ArrowBatch.encode(root));
      WeakReference<MemorySegment.Scope> scope = new WeakReference<>(value.scope());
      BigIntVector left = new BigIntVector("left", allocator);
      try (ArrowBatch batch = ArrowBatch.view(value, allocator)) {
        ((BigIntVector) batch.root().getVector(0)).makeTransferPair(left).transfer();
      }
      value = MemorySegment.NULL;
      System.gc();
      assertThat(scope.get()).isNotNull();
      assertThat(left.get(999)).isEqualTo(999);
      left.close();
      Awaitility.await()
          .until(() -> {
            System.gc();
            return scope.get() == null;
          });
      assertThat(value.byteSize()).isZero();
    }
  }

  @Test
  void shouldLeaveNothingBehindWhenTheAllocatorHasNoRoom() {
    try (VectorSchemaRoot root = SampleBatches.all(allocator, SampleBatches.ROWS);
        BufferAllocator small = allocator.newChildAllocator("small", 0, 1024)) {
      MemorySegment value = ArrowBatch.encode(root);
      assertThatThrownBy(() -> ArrowBatch.view(value, small))
          .isInstanceOf(OutOfMemoryException.class);
      assertThatThrownBy(() -> ArrowBatch.copy(value, small))
          .isInstanceOf(OutOfMemoryException.class);
      assertThat(small.getAllocatedMemory()).isZero();
    }
  }

  private void assertRoundTrip(VectorSchemaRoot root) throws IOException {
    MemorySegment value = mapped(ArrowBatch.encode(root));
    long before = allocator.getAllocatedMemory();
    try (ArrowBatch batch = ArrowBatch.view(value, allocator)) {
      assertThat(batch.isView()).isTrue();
      assertSame(batch.root(), root);
      List<ArrowBuf> buffers = new ArrayList<>();
      batch.root().getFieldVectors().forEach(vector -> addBuffers(vector, buffers));
      assertThat(buffers)
          .filteredOn(buffer -> buffer.capacity() > 0)
          .allSatisfy(buffer -> {
            long offset = buffer.memoryAddress() - value.address();
            assertThat(offset).isBetween(0L, value.byteSize() - buffer.capacity());
            assertThat(offset % MessageFormat.ALIGNMENT_BYTES).isZero();
          });
      try (ArrowBatch again = ArrowBatch.view(ArrowBatch.encode(batch.root()), allocator)) {
        assertSame(again.root(), root);
      }
    }
    assertThat(allocator.getAllocatedMemory()).isEqualTo(before);
    try (ArrowBatch batch = ArrowBatch.copy(value, allocator)) {
      assertThat(batch.isView()).isFalse();
      assertSame(batch.root(), root);
    }
  }

  /** What the batch loaded: asking a vector for its buffers may allocate empty ones. */
  private static void addBuffers(FieldVector vector, List<ArrowBuf> buffers) {
    if (vector.getValueCount() > 0) {
      buffers.addAll(vector.getFieldBuffers());
      vector.getChildrenFromFields().forEach(child -> addBuffers(child, buffers));
    }
  }

  private static void assertSame(VectorSchemaRoot actual, VectorSchemaRoot expected) {
    assertThat(actual.getSchema()).isEqualTo(expected.getSchema());
    assertThat(actual.getRowCount()).isEqualTo(expected.getRowCount());
    for (int i = 0; i < expected.getFieldVectors().size(); i++) {
      assertThat(values(actual.getVector(i)))
          .as(expected.getVector(i).getName())
          .isEqualTo(values(expected.getVector(i)));
    }
  }

  static List<@Nullable Object> values(FieldVector vector) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < vector.getValueCount(); i++) {
      Object value = vector.getObject(i);
      values.add(
          value instanceof byte[] bytes
              ? List.of(bytes.length, java.util.Arrays.hashCode(bytes))
              : value);
    }
    return values;
  }

  private BigIntVector numbers(int count) {
    BigIntVector vector = new BigIntVector("n", allocator);
    vector.allocateNew(count);
    for (int i = 0; i < count; i++) {
      vector.set(i, i);
    }
    vector.setValueCount(count);
    return vector;
  }

  private static Text text(String value) {
    return new Text(value);
  }

  /** As a store gives it to a process: mapped, and not to be written to. */
  private MemorySegment mapped(MemorySegment value) throws IOException {
    Path file = folder.resolve("value-" + fileCount++);
    Files.write(file, value.toArray(ValueLayout.JAVA_BYTE));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
  }

  /** A column of words, encoded by a dictionary. */
  static final class Colours implements AutoCloseable {
    final DictionaryProvider.MapDictionaryProvider provider;
    final VectorSchemaRoot root;

    Colours(BufferAllocator allocator) {
      VarCharVector words = new VarCharVector("words", allocator);
      words.allocateNew();
      words.setSafe(0, new Text("red"));
      words.setSafe(1, new Text("green"));
      words.setValueCount(2);
      Dictionary dictionary = new Dictionary(words, new DictionaryEncoding(7, false, null));
      provider = new DictionaryProvider.MapDictionaryProvider(dictionary);
      try (VarCharVector plain = new VarCharVector("colour", allocator)) {
        plain.allocateNew();
        plain.setSafe(0, new Text("red"));
        plain.setNull(1);
        plain.setSafe(2, new Text("green"));
        plain.setSafe(3, new Text("red"));
        plain.setValueCount(4);
        FieldVector encoded = (FieldVector) DictionaryEncoder.encode(plain, dictionary);
        root = SampleBatches.rootOf(List.of(encoded), 4);
      }
    }

    @Override
    public void close() {
      root.close();
      provider.close();
    }
  }
}
