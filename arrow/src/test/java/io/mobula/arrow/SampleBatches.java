package io.mobula.arrow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.LargeListViewVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.complex.impl.UnionMapWriter;
import org.apache.arrow.vector.holders.NullableBigIntHolder;
import org.apache.arrow.vector.holders.NullableIntHolder;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;

/** Batches with a vector of each type, some values of it null. */
final class SampleBatches {
  /** Not a multiple of eight, so that bitmaps end within a byte. */
  static final int ROWS = 37;

  private SampleBatches() {}

  /** The types of vectors without children, by name. */
  static Map<String, ArrowType> flatTypes() {
    Map<String, ArrowType> types = new LinkedHashMap<>();
    for (int bits : new int[] {8, 16, 32, 64}) {
      types.put("int" + bits, new ArrowType.Int(bits, true));
      types.put("uint" + bits, new ArrowType.Int(bits, false));
    }
    for (FloatingPointPrecision precision : FloatingPointPrecision.values()) {
      types.put("float " + precision, new ArrowType.FloatingPoint(precision));
    }
    types.put("null", ArrowType.Null.INSTANCE);
    types.put("bool", ArrowType.Bool.INSTANCE);
    types.put("decimal128", new ArrowType.Decimal(38, 2, 128));
    types.put("decimal256", new ArrowType.Decimal(76, 2, 256));
    types.put("fixed binary", new ArrowType.FixedSizeBinary(7));
    types.put("utf8", ArrowType.Utf8.INSTANCE);
    types.put("binary", ArrowType.Binary.INSTANCE);
    types.put("large utf8", ArrowType.LargeUtf8.INSTANCE);
    types.put("large binary", ArrowType.LargeBinary.INSTANCE);
    types.put("utf8 view", ArrowType.Utf8View.INSTANCE);
    types.put("binary view", ArrowType.BinaryView.INSTANCE);
    for (DateUnit unit : DateUnit.values()) {
      types.put("date " + unit, new ArrowType.Date(unit));
    }
    for (TimeUnit unit : TimeUnit.values()) {
      boolean isShort = unit == TimeUnit.SECOND || unit == TimeUnit.MILLISECOND;
      types.put("time " + unit, new ArrowType.Time(unit, isShort ? 32 : 64));
      types.put("timestamp " + unit, new ArrowType.Timestamp(unit, null));
      types.put("timestamp with zone " + unit, new ArrowType.Timestamp(unit, "UTC"));
      types.put("duration " + unit, new ArrowType.Duration(unit));
    }
    for (IntervalUnit unit : IntervalUnit.values()) {
      types.put("interval " + unit, new ArrowType.Interval(unit));
    }
    return types;
  }

  /** A vector of each flat type, and the nested ones. */
  static VectorSchemaRoot all(BufferAllocator allocator, int rows) {
    List<FieldVector> vectors = new ArrayList<>();
    flatTypes().forEach((name, type) -> vectors.add(flat(allocator, name, type, rows)));
    vectors.add(list(allocator, rows));
    vectors.add(largeList(allocator, rows));
    vectors.add(listView(allocator, rows));
    vectors.add(largeListView(allocator, rows));
    vectors.add(fixedSizeList(allocator, rows));
    vectors.add(struct(allocator, rows));
    vectors.add(map(allocator, rows));
    vectors.add(sparseUnion(allocator, rows));
    vectors.add(denseUnion(allocator, rows));
    vectors.add(runs(allocator, rows));
    return rootOf(vectors, rows);
  }

  static VectorSchemaRoot rootOf(List<FieldVector> vectors, int rows) {
    return new VectorSchemaRoot(
        vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
  }

  static FieldVector flat(BufferAllocator allocator, String name, ArrowType type, int rows) {
    FieldVector vector = new Field(name, FieldType.nullable(type), null).createVector(allocator);
    if (vector instanceof NullVector) {
      vector.setValueCount(rows);
      return vector;
    }
    vector.setInitialCapacity(rows);
    vector.allocateNew();
    for (int i = 0; i < rows; i++) {
      byte[] text = ("value " + i + "-".repeat(i)).getBytes(StandardCharsets.UTF_8);
      if (i % 5 == 3) {
        vector.setNull(i);
        continue;
      }
      switch (vector) {
        case BaseFixedWidthVector v -> setByte(v, i);
        case BaseVariableWidthVector v -> v.setSafe(i, text);
        case BaseLargeVariableWidthVector v -> v.setSafe(i, text);
        case BaseVariableWidthViewVector v -> v.setSafe(i, text);
        default -> throw new IllegalStateException("type=" + type);
      }
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static void setByte(BaseFixedWidthVector vector, int index) {
    int width = vector.getTypeWidth();
    if (width == 0) {
      if (index % 3 == 0) {
        BitVectorHelper.setBit(vector.getDataBuffer(), index);
      }
    } else {
      vector.getDataBuffer().setZero((long) index * width, width);
      vector.getDataBuffer().setByte((long) index * width, index);
    }
    BitVectorHelper.setBit(vector.getValidityBuffer(), index);
  }

  private static void ints(IntVector vector, int count) {
    for (int i = 0; i < count; i++) {
      vector.setSafe(i, 1000 + i);
    }
    vector.setValueCount(count);
  }

  private static IntVector child(@Nullable Object vector) {
    return (IntVector) java.util.Objects.requireNonNull(vector);
  }

  private static FieldVector list(BufferAllocator allocator, int rows) {
    ListVector vector = ListVector.empty("list", allocator);
    vector.addOrGetVector(FieldType.nullable(MinorType.INT.getType()));
    vector.allocateNew();
    int elements = 0;
    for (int i = 0; i < rows; i++) {
      if (i % 4 == 1) {
        vector.setNull(i);
      } else {
        vector.startNewValue(i);
        vector.endValue(i, i % 3);
        elements += i % 3;
      }
    }
    ints(child(vector.getDataVector()), elements);
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector largeList(BufferAllocator allocator, int rows) {
    LargeListVector vector = LargeListVector.empty("large list", allocator);
    vector.addOrGetVector(FieldType.nullable(MinorType.INT.getType()));
    vector.allocateNew();
    int elements = 0;
    for (int i = 0; i < rows; i++) {
      vector.startNewValue(i);
      vector.endValue(i, i % 3);
      elements += i % 3;
    }
    ints(child(vector.getDataVector()), elements);
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector listView(BufferAllocator allocator, int rows) {
    ListViewVector vector = ListViewVector.empty("list view", allocator);
    vector.addOrGetVector(FieldType.nullable(MinorType.INT.getType()));
    vector.allocateNew();
    ints(child(vector.getDataVector()), rows + 3);
    for (int i = 0; i < rows; i++) {
      vector.setOffset(i, i);
      vector.setSize(i, i % 3);
      vector.setValidity(i, 1);
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector largeListView(BufferAllocator allocator, int rows) {
    LargeListViewVector vector = LargeListViewVector.empty("large list view", allocator);
    vector.addOrGetVector(FieldType.nullable(MinorType.INT.getType()));
    vector.allocateNew();
    ints(child(vector.getDataVector()), rows + 3);
    for (int i = 0; i < rows; i++) {
      vector.setOffset(i, i);
      vector.setSize(i, i % 3);
      vector.setValidity(i, 1);
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector fixedSizeList(BufferAllocator allocator, int rows) {
    FixedSizeListVector vector = FixedSizeListVector.empty("fixed size list", 3, allocator);
    vector.addOrGetVector(FieldType.nullable(MinorType.INT.getType()));
    vector.allocateNew();
    for (int i = 0; i < rows; i++) {
      if (i % 4 == 1) {
        vector.setNull(i);
      } else {
        vector.setNotNull(i);
      }
    }
    ints(child(vector.getDataVector()), 3 * rows);
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector struct(BufferAllocator allocator, int rows) {
    StructVector vector = StructVector.empty("struct", allocator);
    ints(vector.addOrGet("a", FieldType.nullable(MinorType.INT.getType()), IntVector.class), rows);
    vector.addOrGet("nested", FieldType.nullable(MinorType.STRUCT.getType()), StructVector.class);
    for (int i = 0; i < rows; i++) {
      if (i % 4 == 1) {
        vector.setNull(i);
      } else {
        vector.setIndexDefined(i);
      }
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector map(BufferAllocator allocator, int rows) {
    Field entries =
        new Field(
            "entries",
            FieldType.notNullable(ArrowType.Struct.INSTANCE),
            List.of(
                Field.notNullable("key", MinorType.BIGINT.getType()),
                Field.nullable("value", MinorType.INT.getType())));
    Field field = new Field("map", FieldType.nullable(new ArrowType.Map(false)), List.of(entries));
    MapVector vector = (MapVector) field.createVector(allocator);
    UnionMapWriter writer = vector.getWriter();
    writer.allocate();
    for (int i = 0; i < rows; i++) {
      writer.setPosition(i);
      if (i % 4 == 1) {
        writer.writeNull();
        continue;
      }
      writer.startMap();
      for (int j = 0; j < i % 3; j++) {
        writer.startEntry();
        writer.key().bigInt().writeBigInt(i);
        writer.value().integer().writeInt(j);
        writer.endEntry();
      }
      writer.endMap();
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector sparseUnion(BufferAllocator allocator, int rows) {
    UnionVector vector = UnionVector.empty("sparse union", allocator);
    NullableIntHolder number = new NullableIntHolder();
    NullableBigIntHolder large = new NullableBigIntHolder();
    number.isSet = 1;
    large.isSet = 1;
    for (int i = 0; i < rows; i++) {
      if (i % 2 == 0) {
        number.value = i;
        vector.setType(i, MinorType.INT);
        vector.setSafe(i, number);
      } else {
        large.value = -i;
        vector.setType(i, MinorType.BIGINT);
        vector.setSafe(i, large);
      }
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector denseUnion(BufferAllocator allocator, int rows) {
    Field field =
        new Field(
            "dense union",
            FieldType.nullable(new ArrowType.Union(UnionMode.Dense, new int[] {0, 1})),
            List.of(
                Field.nullable("number", MinorType.INT.getType()),
                Field.nullable("large", MinorType.BIGINT.getType())));
    DenseUnionVector vector = (DenseUnionVector) field.createVector(allocator);
    vector.allocateNew();
    NullableIntHolder number = new NullableIntHolder();
    NullableBigIntHolder large = new NullableBigIntHolder();
    number.isSet = 1;
    large.isSet = 1;
    for (int i = 0; i < rows; i++) {
      if (i % 2 == 0) {
        number.value = i;
        vector.setTypeId(i, (byte) 0);
        vector.setSafe(i, number);
      } else {
        large.value = -i;
        vector.setTypeId(i, (byte) 1);
        vector.setSafe(i, large);
      }
    }
    vector.setValueCount(rows);
    return vector;
  }

  private static FieldVector runs(BufferAllocator allocator, int rows) {
    Field field =
        new Field(
            "runs",
            FieldType.notNullable(ArrowType.RunEndEncoded.INSTANCE),
            List.of(
                Field.notNullable("run_ends", MinorType.INT.getType()),
                Field.nullable("values", MinorType.INT.getType())));
    RunEndEncodedVector vector = (RunEndEncodedVector) field.createVector(allocator);
    int runs = rows == 0 ? 0 : 2;
    IntVector ends = child(vector.getRunEndsVector());
    IntVector values = child(vector.getValuesVector());
    ends.allocateNew(2);
    values.allocateNew(2);
    if (runs > 0) {
      ends.set(0, rows / 2);
      ends.set(1, rows);
      values.set(0, 5);
      values.setNull(1);
    }
    ends.setValueCount(runs);
    values.setValueCount(runs);
    vector.setValueCount(rows);
    return vector;
  }
}
