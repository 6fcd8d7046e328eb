package io.mobula.arrow;

import static io.mobula.arrow.MessageFormat.PREFIX_BYTES;

import com.google.flatbuffers.Table;
import io.mobula.api.SerializationException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;

/**
 * Reads a batch from a segment, see {@link MessageFormat}. Used by one thread, once.
 *
 * <p>The metadata is copied to the heap and parsed; buffers are slices of the segment. Nothing is
 * trusted: each size is checked before memory behind it is touched. Nothing is written to the
 * memory of a view, which is why Arrow's {@code VectorLoader} is not used: it sets row counts, for
 * which vectors may fill gaps.
 */
final class BatchDecoder {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment value;
  private final BufferAllocator allocator;
  private final Map<Long, Dictionary> dictionaries = new HashMap<>();
  private final List<FieldVector> vectors = new ArrayList<>();

  private BatchDecoder(MemorySegment value, BufferAllocator allocator) {
    this.value = value;
    this.allocator = allocator;
  }

  /**
   * @param isView whether the vectors are to be the value's memory; it must be native then
   */
  static ArrowBatch decode(MemorySegment value, BufferAllocator allocator, boolean isView) {
    BatchDecoder decoder = new BatchDecoder(value, allocator);
    try {
      return decoder.decode(isView);
    } catch (OutOfMemoryException | SerializationException e) {
      decoder.closeVectors();
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      // Flatbuffers and Arrow's factories say in many ways that bytes make no sense.
      decoder.closeVectors();
      throw ArrowFailures.unreadable("sizeBytes=" + value.byteSize() + ", " + e, e);
    }
  }

  private ArrowBatch decode(boolean isView) {
    List<Part> parts = parts();
    if (parts.size() < 2 || parts.getFirst().message.headerType() != MessageHeader.Schema) {
      throw ArrowFailures.unreadable("messages=" + parts.size() + ", a schema and a batch needed");
    }
    Schema schema = schema(parts.getFirst());
    List<Field> fields = new ArrayList<>();
    for (Field field : schema.getFields()) {
      fields.add(DictionaryUtility.toMemoryFormat(field, allocator, dictionaries));
    }
    for (Field field : fields) {
      vectors.add(field.createVector(allocator));
    }
    try (ArrowBuf bytes = isView ? viewed() : copied()) {
      loadDictionaries(parts.subList(1, parts.size() - 1), bytes);
      Part last = parts.getLast();
      RecordBatch batch = header(last, MessageHeader.RecordBatch, new RecordBatch());
      int rowCount = load(last, batch, vectors, bytes);
      DictionaryProvider.MapDictionaryProvider provider =
          new DictionaryProvider.MapDictionaryProvider();
      dictionaries.values().forEach(provider::put);
      Schema memorySchema = new Schema(fields, schema.getCustomMetadata());
      return new ArrowBatch(
          new VectorSchemaRoot(memorySchema, vectors, rowCount), provider, isView);
    }
  }

  /** The messages, in order, each in bounds. */
  private List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    long position = 0;
    while (true) {
      require(position, PREFIX_BYTES, "prefix");
      int continuation = value.get(INT, position);
      int metadataBytes = value.get(INT, position + 4);
      if (continuation != MessageFormat.CONTINUATION || metadataBytes < 0) {
        throw ArrowFailures.unreadable(
            "position=" + position + ", prefix=" + continuation + " " + metadataBytes);
      }
      position += PREFIX_BYTES;
      if (metadataBytes == 0) {
        return parts;
      }
      require(position, metadataBytes, "metadata");
      byte[] metadata = value.asSlice(position, metadataBytes).toArray(ValueLayout.JAVA_BYTE);
      position += metadataBytes;
      Message message =
          Message.getRootAsMessage(ByteBuffer.wrap(metadata).order(ByteOrder.LITTLE_ENDIAN));
      if (message.version() != MetadataVersion.V5) {
        throw ArrowFailures.unreadable(
            "metadataVersion=" + message.version() + ", supported=" + MetadataVersion.V5);
      }
      require(position, message.bodyLength(), "body");
      parts.add(new Part(message, position));
      position += message.bodyLength();
    }
  }

  private void require(long position, long bytes, String what) {
    if (bytes < 0 || bytes > value.byteSize() - position) {
      throw ArrowFailures.unreadable(
          "sizeBytes=" + value.byteSize() + ", " + what + "=" + position + " to " + bytes + " on");
    }
  }

  private static Schema schema(Part part) {
    org.apache.arrow.flatbuf.Schema header =
        header(part, MessageHeader.Schema, new org.apache.arrow.flatbuf.Schema());
    if (header.endianness() != Endianness.Little) {
      throw ArrowFailures.unreadable("its numbers are big-endian");
    }
    SchemaCheck.check(header);
    return Schema.convertSchema(header);
  }

  private static <T extends Table> T header(Part part, byte type, T holder) {
    Table header = part.message.headerType() == type ? part.message.header(holder) : null;
    if (header == null) {
      throw ArrowFailures.unreadable(
          "message=" + part.message.headerType() + ", expected=" + type + ": one batch a value");
    }
    return holder;
  }

  private void loadDictionaries(List<Part> parts, ArrowBuf bytes) {
    Map<Long, Dictionary> missing = new HashMap<>(dictionaries);
    for (Part part : parts) {
      DictionaryBatch batch = header(part, MessageHeader.DictionaryBatch, new DictionaryBatch());
      Dictionary dictionary = missing.remove(batch.id());
      if (dictionary == null || batch.isDelta() || batch.data() == null) {
        throw ArrowFailures.unreadable(
            "dictionary=" + batch.id() + ", isDelta=" + batch.isDelta() + ", one each is needed");
      }
      load(part, batch.data(), List.of(dictionary.getVector()), bytes);
    }
    if (!missing.isEmpty()) {
      throw ArrowFailures.unreadable("missing dictionaries=" + missing.keySet());
    }
  }

  /** Fills the vectors and returns the number of rows. */
  private static int load(Part part, RecordBatch batch, List<FieldVector> vectors, ArrowBuf bytes) {
    if (batch.compression() != null) {
      throw ArrowFailures.unreadable(
          "compression=" + batch.compression().codec() + ", views need uncompressed buffers");
    }
    int rowCount = ColumnLoader.count(batch.length(), "rowCount");
    long bodyBytes = part.message.bodyLength();
    List<ArrowBuf> buffers = new ArrayList<>();
    for (int i = 0; i < batch.buffersLength(); i++) {
      long offset = batch.buffers(i).offset();
      long size = batch.buffers(i).length();
      Objects.checkFromIndexSize(offset, size, bodyBytes);
      buffers.add(bytes.slice(part.bodyOffset + offset, size));
    }
    ColumnLoader loader = new ColumnLoader(batch, buffers);
    for (FieldVector vector : vectors) {
      loader.load(vector, vector.getField());
      if (vector.getValueCount() != rowCount) {
        throw ArrowFailures.unreadable(
            "field="
                + vector.getName()
                + ", values="
                + vector.getValueCount()
                + ", rows="
                + rowCount);
      }
    }
    loader.end();
    return rowCount;
  }

  /** The value's memory, with one reference, the caller's. */
  private ArrowBuf viewed() {
    return allocator.wrapForeignAllocation(new SegmentAllocation(value));
  }

  /** The same bytes in the allocator's memory, with one reference, the caller's. */
  private ArrowBuf copied() {
    ArrowBuf copy = allocator.buffer(value.byteSize());
    byte[] piece = new byte[(int) Math.min(value.byteSize(), 64 << 10)];
    for (long at = 0; at < value.byteSize(); at += piece.length) {
      int size = (int) Math.min(piece.length, value.byteSize() - at);
      MemorySegment.copy(value, ValueLayout.JAVA_BYTE, at, piece, 0, size);
      copy.setBytes(at, piece, 0, size);
    }
    return copy;
  }

  private void closeVectors() {
    vectors.forEach(FieldVector::close);
    dictionaries.values().forEach(dictionary -> dictionary.getVector().close());
  }

  /** A message and where its body is in the value. */
  private record Part(Message message, long bodyOffset) {}
}
