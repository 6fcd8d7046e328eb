package io.mobula.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ErrorCode;
import io.mobula.api.SerializationException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that are no batches: an exception says so, and nothing is left behind. */
final class CorruptValueTest {
  private static final int ROUNDS = Integer.getInteger("mobula.arrow.corruptions", 3000);
  private static final int READ_ROWS_MAX = 100;

  private final BufferAllocator allocator = new RootAllocator(1 << 28);

  @AfterEach
  void closeAllocator() {
    allocator.close();
  }

  @Test
  void shouldSayThatItIsNoBatchWhenAValueIsSomethingElse() {
    for (byte[] bytes :
        List.of(
            new byte[0], new byte[3], new byte[100], "a text".getBytes(StandardCharsets.UTF_8))) {
      assertThatThrownBy(() -> ArrowBatch.view(outside(bytes), allocator))
          .isInstanceOfSatisfying(
              SerializationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.DESERIALIZATION_FAILED))
          .hasMessageContaining("not a readable Arrow batch");
    }
  }

  @Test
  void shouldSayThatItIsNoBatchWhenAValueIsCutShort() {
    byte[] bytes = sample();
    for (int size = 0; size < bytes.length; size += 41) {
      byte[] cut = java.util.Arrays.copyOf(bytes, size);
      assertThatThrownBy(() -> ArrowBatch.view(outside(cut), allocator))
          .isInstanceOf(SerializationException.class);
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  @Test
  void shouldThrowOrReadSomethingWhenBytesAreChanged() {
    long seed = Long.getLong("mobula.arrow.seed", new Random().nextLong());
    Random random = new Random(seed);
    byte[] bytes = sample();
    List<Integer> metadata = metadataPositions(bytes);
    int readable = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] changed = bytes.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        // The metadata is the small part, and the part that matters.
        int at =
            random.nextInt(4) == 0
                ? random.nextInt(bytes.length)
                : metadata.get(random.nextInt(metadata.size()));
        changed[at] = (byte) random.nextInt();
      }
      readable += readAll(outside(changed), "seed=" + seed + ", round=" + round) ? 1 : 0;
      assertThat(allocator.getAllocatedMemory()).as("seed=%s, round=%s", seed, round).isZero();
    }
    assertThat(readable).as("seed=%s", seed).isBetween(1, ROUNDS - 1);
  }

  /** Whether it is a batch. Its values may be anything, and reading them may throw. */
  private boolean readAll(MemorySegment value, String place) {
    try (ArrowBatch batch = ArrowBatch.view(value, allocator)) {
      for (FieldVector vector : batch.root().getFieldVectors()) {
        readValues(vector);
      }
      return true;
    } catch (SerializationException | OutOfMemoryException e) {
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError(place, e);
    }
  }

  private static void readValues(FieldVector vector) {
    for (int i = 0; i < Math.min(vector.getValueCount(), READ_ROWS_MAX); i++) {
      try {
        assertThat(vector.isNull(i) ? "null" : String.valueOf(vector.getObject(i))).isNotNull();
      } catch (RuntimeException | OutOfMemoryError e) {
        assertThat(e).as("An offset out of the buffer, or a length that no heap has").isNotNull();
      }
    }
  }

  private byte[] sample() {
    try (VectorSchemaRoot all = SampleBatches.all(allocator, SampleBatches.ROWS);
        ArrowBatchTest.Colours colours = new ArrowBatchTest.Colours(allocator)) {
      List<FieldVector> vectors = new ArrayList<>(all.slice(0, 4).getFieldVectors());
      vectors.addAll(colours.root.getFieldVectors());
      try (VectorSchemaRoot root = SampleBatches.rootOf(vectors, 4)) {
        DictionaryProvider provider = colours.provider;
        return ArrowBatch.encode(root, provider).toArray(ValueLayout.JAVA_BYTE);
      }
    }
  }

  /** All positions in prefixes and metadata. */
  private static List<Integer> metadataPositions(byte[] bytes) {
    List<Integer> positions = new ArrayList<>();
    MemorySegment value = MemorySegment.ofArray(bytes);
    long at = 0;
    while (true) {
      int size = value.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4);
      for (int i = 0; i < MessageFormat.PREFIX_BYTES + size; i++) {
        positions.add((int) at + i);
      }
      if (size == 0) {
        return positions;
      }
      byte[] metadata = value.asSlice(at + 8, size).toArray(ValueLayout.JAVA_BYTE);
      at +=
          8
              + size
              + org.apache.arrow.flatbuf.Message.getRootAsMessage(
                      java.nio.ByteBuffer.wrap(metadata))
                  .bodyLength();
    }
  }

  private static MemorySegment outside(byte[] bytes) {
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes.length), 64);
    return segment.copyFrom(MemorySegment.ofArray(bytes)).asSlice(0, bytes.length).asReadOnly();
  }
}
