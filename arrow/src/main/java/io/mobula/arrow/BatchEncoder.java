package io.mobula.arrow;

import static io.mobula.arrow.MessageFormat.PREFIX_BYTES;
import static io.mobula.arrow.MessageFormat.aligned;

import com.google.flatbuffers.FlatBufferBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.ReferenceManager;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.FBSerializables;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch into one segment, see {@link MessageFormat}. Used by one thread, once.
 *
 * <p>Arrow's own writer goes through channels and NIO buffers, for which the JVM must open {@code
 * java.nio}; this one needs no flag, aligns buffers to cache lines, and copies each once.
 */
final class BatchEncoder {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final List<Message> messages = new ArrayList<>();
  private long sizeBytes;

  private BatchEncoder() {}

  static MemorySegment encode(
      VectorSchemaRoot root, DictionaryProvider dictionaries, Arena memory) {
    BatchEncoder encoder = new BatchEncoder();
    Set<Long> ids = new LinkedHashSet<>();
    encoder.addSchema(messageSchema(root.getSchema(), dictionaries, ids));
    for (long id : ids) {
      encoder.addBatch(Columns.of(dictionaries.lookup(id).getVector()), id);
    }
    encoder.addBatch(Columns.of(root), null);
    MemorySegment target =
        memory.allocate(encoder.sizeBytes + PREFIX_BYTES, MessageFormat.ALIGNMENT_BYTES);
    encoder.writeTo(target);
    return target;
  }

  private static Schema messageSchema(
      Schema schema, DictionaryProvider dictionaries, Set<Long> ids) {
    List<Field> fields = new ArrayList<>();
    for (Field field : schema.getFields()) {
      try {
        fields.add(DictionaryUtility.toMessageFormat(field, dictionaries, ids));
      } catch (IllegalArgumentException e) {
        throw ArrowFailures.unsendable(
            "field=" + field.getName() + ", " + e.getMessage() + ": pass its dictionaries too",
            field.getName());
      }
    }
    return new Schema(fields, schema.getCustomMetadata());
  }

  private void addSchema(Schema schema) {
    add(MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT), List.of(), List.of(), 0);
  }

  /**
   * @param dictionaryId null for the record batch itself
   */
  private void addBatch(Columns columns, @Nullable Long dictionaryId) {
    List<ArrowBuffer> layout = new ArrayList<>();
    long bodyBytes = 0;
    for (ArrowBuf buffer : columns.buffers) {
      layout.add(new ArrowBuffer(bodyBytes, buffer.readableBytes()));
      bodyBytes = aligned(bodyBytes + buffer.readableBytes());
    }
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int batch = columns.writeHeader(builder, layout);
    byte type = MessageHeader.RecordBatch;
    if (dictionaryId != null) {
      type = MessageHeader.DictionaryBatch;
      batch = DictionaryBatch.createDictionaryBatch(builder, dictionaryId, batch, false);
    }
    add(
        MessageSerializer.serializeMessage(builder, type, batch, bodyBytes, IpcOption.DEFAULT),
        columns.buffers,
        layout,
        bodyBytes);
  }

  private void add(
      ByteBuffer metadata, List<ArrowBuf> buffers, List<ArrowBuffer> layout, long bodyBytes) {
    long bodyOffset = aligned(sizeBytes + PREFIX_BYTES + metadata.remaining());
    messages.add(new Message(sizeBytes, metadata, bodyOffset, buffers, layout));
    sizeBytes = bodyOffset + bodyBytes;
  }

  /** The target is all zeros, so gaps and the size in the end's prefix are there already. */
  private void writeTo(MemorySegment target) {
    for (Message message : messages) {
      long metadataOffset = message.offset + PREFIX_BYTES;
      target.set(INT, message.offset, MessageFormat.CONTINUATION);
      target.set(INT, message.offset + 4, (int) (message.bodyOffset - metadataOffset));
      MemorySegment metadata = MemorySegment.ofBuffer(message.metadata);
      MemorySegment.copy(metadata, 0, target, metadataOffset, metadata.byteSize());
    }
    target.set(INT, sizeBytes, MessageFormat.CONTINUATION);
    try {
      copyBuffers(new ArrowBuf(ReferenceManager.NO_OP, null, target.byteSize(), target.address()));
    } finally {
      Reference.reachabilityFence(target);
    }
  }

  private void copyBuffers(ArrowBuf target) {
    for (Message message : messages) {
      for (int i = 0; i < message.buffers.size(); i++) {
        ArrowBuf buffer = message.buffers.get(i);
        ArrowBuffer place = message.layout.get(i);
        // An offset buffer of no values may not be allocated, and is a zero all the same.
        long size = Math.min(place.getSize(), buffer.capacity() - buffer.readerIndex());
        target.setBytes(message.bodyOffset + place.getOffset(), buffer, buffer.readerIndex(), size);
      }
    }
  }

  /** A message, and where in the value it goes. */
  private record Message(
      long offset,
      ByteBuffer metadata,
      long bodyOffset,
      List<ArrowBuf> buffers,
      List<ArrowBuffer> layout) {}

  /** What a batch's header lists, in depth-first order of its vectors. */
  private static final class Columns {
    final List<ArrowBuf> buffers = new ArrayList<>();
    private final List<ArrowFieldNode> nodes = new ArrayList<>();
    private final List<Long> variadicCounts = new ArrayList<>();
    private final long rowCount;

    private Columns(long rowCount) {
      this.rowCount = rowCount;
    }

    static Columns of(VectorSchemaRoot root) {
      Columns columns = new Columns(root.getRowCount());
      for (FieldVector vector : root.getFieldVectors()) {
        if (vector.getValueCount() != root.getRowCount()) {
          throw ArrowFailures.unsendable(
              "field="
                  + vector.getName()
                  + ", valueCount="
                  + vector.getValueCount()
                  + ", rowCount="
                  + root.getRowCount()
                  + ": set the root's row count",
              vector.getName());
        }
        columns.add(vector);
      }
      return columns;
    }

    static Columns of(FieldVector dictionary) {
      Columns columns = new Columns(dictionary.getValueCount());
      columns.add(dictionary);
      return columns;
    }

    private void add(FieldVector vector) {
      int valueCount = vector.getValueCount();
      nodes.add(new ArrowFieldNode(valueCount, vector.getNullCount()));
      List<ArrowBuf> own = vector.getFieldBuffers();
      for (ArrowBuf buffer : own) {
        if (valueCount > 0 && buffer.writerIndex() > buffer.capacity()) {
          throw ArrowFailures.unsendable(
              "field=" + vector.getName() + ", valueCount=" + valueCount + ", buffer=" + buffer,
              vector.getName());
        }
      }
      buffers.addAll(own);
      if (vector instanceof BaseVariableWidthViewVector view) {
        variadicCounts.add((long) view.getDataBuffers().size());
      }
      for (FieldVector child : vector.getChildrenFromFields()) {
        add(child);
      }
    }

    int writeHeader(FlatBufferBuilder builder, List<ArrowBuffer> layout) {
      RecordBatch.startNodesVector(builder, nodes.size());
      int nodesOffset = FBSerializables.writeAllStructsToVector(builder, nodes);
      RecordBatch.startBuffersVector(builder, layout.size());
      int buffersOffset = FBSerializables.writeAllStructsToVector(builder, layout);
      long[] counts = variadicCounts.stream().mapToLong(Long::longValue).toArray();
      int countsOffset =
          counts.length == 0 ? 0 : RecordBatch.createVariadicBufferCountsVector(builder, counts);
      return RecordBatch.createRecordBatch(
          builder, rowCount, nodesOffset, buffersOffset, 0, countsOffset);
    }
  }
}
