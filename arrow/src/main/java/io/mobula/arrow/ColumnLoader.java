package io.mobula.arrow;

import io.mobula.api.SerializationException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Gives vectors their buffers, in the depth-first order in which a batch lists them, each checked
 * to be as large as its vector's length needs. Used by one thread, for one batch.
 */
final class ColumnLoader {
  private static final int VIEW_BYTES = 16;

  private final RecordBatch batch;
  private final Iterator<ArrowBuf> buffers;
  private int nodeIndex;
  private int variadicIndex;

  ColumnLoader(RecordBatch batch, List<ArrowBuf> buffers) {
    this.batch = batch;
    this.buffers = buffers.iterator();
  }

  static int count(long count, String what) {
    if (count < 0 || count > Integer.MAX_VALUE) {
      throw ArrowFailures.unreadable(what + "=" + count);
    }
    return (int) count;
  }

  void load(FieldVector vector, Field field) {
    if (nodeIndex >= batch.nodesLength()) {
      throw unreadable(field, "nodes=" + nodeIndex + ", there are no more");
    }
    FieldNode node = batch.nodes(nodeIndex++);
    int valueCount = count(node.length(), "valueCount");
    int nullCount = count(node.nullCount(), "nullCount");
    List<ArrowBuf> own = ownBuffers(vector, field);
    checkBuffers(field, valueCount, nullCount, own);
    vector.loadFieldBuffers(new ArrowFieldNode(valueCount, nullCount), own);
    List<FieldVector> children = vector.getChildrenFromFields();
    if (children.size() != field.getChildren().size()) {
      throw unreadable(
          field, "children=" + children.size() + ", expected=" + field.getChildren().size());
    }
    for (int i = 0; i < children.size(); i++) {
      load(children.get(i), field.getChildren().get(i));
      checkChild(field, valueCount, own, children.get(i));
    }
  }

  /** All that the batch lists must have been used. */
  void end() {
    if (buffers.hasNext()
        || nodeIndex != batch.nodesLength()
        || variadicIndex != batch.variadicBufferCountsLength()) {
      throw ArrowFailures.unreadable("the batch has more buffers than its schema");
    }
  }

  private List<ArrowBuf> ownBuffers(FieldVector vector, Field field) {
    long bufferCount = TypeLayout.getTypeBufferCount(field.getType());
    if (vector instanceof BaseVariableWidthViewVector) {
      if (variadicIndex >= batch.variadicBufferCountsLength()) {
        throw unreadable(field, "it has no count of buffers");
      }
      bufferCount += count(batch.variadicBufferCounts(variadicIndex++), "bufferCount");
    }
    List<ArrowBuf> own = new ArrayList<>();
    for (long i = 0; i < bufferCount; i++) {
      if (!buffers.hasNext()) {
        throw unreadable(field, "buffers=" + i + ", expected=" + bufferCount);
      }
      own.add(buffers.next());
    }
    return own;
  }

  private static void checkBuffers(
      Field field, int valueCount, int nullCount, List<ArrowBuf> buffers) {
    if (nullCount > valueCount) {
      throw unreadable(field, "nullCount=" + nullCount + ", valueCount=" + valueCount);
    }
    List<BufferLayout> layouts = TypeLayout.getTypeLayout(field.getType()).getBufferLayouts();
    for (int i = 0; i < layouts.size(); i++) {
      BufferLayout layout = layouts.get(i);
      long needed = neededBytes(field, valueCount, layout, layouts);
      boolean isAbsent =
          buffers.get(i).capacity() == 0
              && layout.getType() == BufferLayout.BufferType.VALIDITY
              && (nullCount == 0 || nullCount == valueCount);
      if (buffers.get(i).capacity() < needed && !isAbsent) {
        throw unreadable(
            field,
            "buffer="
                + layout.getType()
                + ", sizeBytes="
                + buffers.get(i).capacity()
                + ", needed="
                + needed);
      }
    }
    if (isVariableWidth(layouts) && valueCount > 0) {
      checkOffsets(
          field, valueCount, buffers.get(1), width(layouts.get(1)), buffers.get(2).capacity());
    }
  }

  private static long neededBytes(
      Field field, int valueCount, BufferLayout layout, List<BufferLayout> layouts) {
    long bits =
        switch (layout.getType()) {
          case VALIDITY -> 1L * valueCount;
          case TYPE -> 8L * valueCount;
          case VIEWS -> 8L * VIEW_BYTES * valueCount;
          case SIZE -> (long) layout.getTypeBitWidth() * valueCount;
          case OFFSET ->
              layout.getTypeBitWidth()
                  * (valueCount == 0 || !hasEndOffset(field) ? valueCount : valueCount + 1L);
          case DATA -> isVariableWidth(layouts) ? 0 : (long) layout.getTypeBitWidth() * valueCount;
          case VARIADIC_DATA_BUFFERS -> 0;
        };
    return (bits + 7) / 8;
  }

  /** Whether there is one offset more than values: of what starts where the last one ended. */
  private static boolean hasEndOffset(Field field) {
    return switch (storageType(field).getTypeID()) {
      case Union, ListView, LargeListView -> false;
      default -> true;
    };
  }

  private static ArrowType storageType(Field field) {
    return field.getType() instanceof ArrowType.ExtensionType extension
        ? extension.storageType()
        : field.getType();
  }

  private static boolean isVariableWidth(List<BufferLayout> layouts) {
    return layouts.size() == 3
        && layouts.get(1).getType() == BufferLayout.BufferType.OFFSET
        && layouts.get(2).getType() == BufferLayout.BufferType.DATA;
  }

  private static void checkChild(
      Field field, int valueCount, List<ArrowBuf> own, FieldVector child) {
    long childCount = child.getValueCount();
    switch (storageType(field)) {
      case ArrowType.FixedSizeList list -> {
        if (childCount < (long) list.getListSize() * valueCount) {
          throw unreadable(field, "valueCount=" + valueCount + ", elements=" + childCount);
        }
      }
      case ArrowType.Struct _ -> checkSameCount(field, valueCount, childCount);
      case ArrowType.Union union -> {
        if (union.getMode() == UnionMode.Sparse) {
          checkSameCount(field, valueCount, childCount);
        }
      }
      case ArrowType.List _, ArrowType.LargeList _, ArrowType.Map _ -> {
        if (valueCount > 0) {
          int width = storageType(field) instanceof ArrowType.LargeList ? 8 : 4;
          checkOffsets(field, valueCount, own.get(1), width, childCount);
        }
      }
      default -> {}
    }
  }

  private static void checkSameCount(Field field, int valueCount, long childCount) {
    if (valueCount != childCount) {
      throw unreadable(field, "valueCount=" + valueCount + ", of child=" + childCount);
    }
  }

  /** The ends alone: the others are as many as the values. */
  private static void checkOffsets(
      Field field, int valueCount, ArrowBuf offsets, int width, long limit) {
    long first = offset(offsets, 0, width);
    long last = offset(offsets, valueCount, width);
    if (first < 0 || last < first || last > limit) {
      throw unreadable(field, "offsets=" + first + " to " + last + ", limit=" + limit);
    }
  }

  private static long offset(ArrowBuf offsets, long index, int width) {
    return width == Long.BYTES ? offsets.getLong(index * width) : offsets.getInt(index * width);
  }

  private static int width(BufferLayout layout) {
    return layout.getTypeBitWidth() / Byte.SIZE;
  }

  private static SerializationException unreadable(Field field, String what) {
    return ArrowFailures.unreadable("field=" + field.getName() + ", " + what);
  }
}
