package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the kinds that are nothing but their bytes; the other side of {@link RawValue}. */
final class RawReader {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
  static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ORDER);
  static final ValueLayout.OfChar CHAR = WireReader.CHAR_LAYOUT;

  private RawReader() {}

  /** The value of a raw kind. Arrays and strings are copies; buffers are read-only views. */
  static @Nullable Object read(ValueKind kind, MemorySegment bytes) throws CorruptStreamException {
    return switch (kind) {
      case NULL -> null;
      case BOOLEAN -> bytes(bytes, 1).get(ValueLayout.JAVA_BYTE, 0) != 0;
      case BYTE -> bytes(bytes, 1).get(ValueLayout.JAVA_BYTE, 0);
      case SHORT -> bytes(bytes, 2).get(SHORT, 0);
      case CHAR -> bytes(bytes, 2).get(CHAR, 0);
      case INT -> bytes(bytes, 4).get(INT, 0);
      case LONG -> bytes(bytes, 8).get(LONG, 0);
      case FLOAT -> bytes(bytes, 4).get(FLOAT, 0);
      case DOUBLE -> bytes(bytes, 8).get(DOUBLE, 0);
      case STRING_LATIN1 ->
          new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
      case STRING_UTF16 -> new String(items(bytes, 2).toArray(CHAR));
      case BYTES -> items(bytes, 1).toArray(ValueLayout.JAVA_BYTE);
      case BOOLEANS -> booleans(bytes);
      case SHORTS -> items(bytes, 2).toArray(SHORT);
      case CHARS -> items(bytes, 2).toArray(CHAR);
      case INTS -> items(bytes, 4).toArray(INT);
      case LONGS -> items(bytes, 8).toArray(LONG);
      case FLOATS -> items(bytes, 4).toArray(FLOAT);
      case DOUBLES -> items(bytes, 8).toArray(DOUBLE);
      case BYTE_BUFFER -> items(bytes, 1).asReadOnly().asByteBuffer();
      case BYTE_BUFFER_LITTLE_ENDIAN ->
          items(bytes, 1).asReadOnly().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      case MEMORY_SEGMENT -> bytes.asReadOnly();
      case GRAPH, THROWABLE -> throw new IllegalArgumentException("not raw: kind=" + kind);
    };
  }

  private static MemorySegment bytes(MemorySegment bytes, int size) throws CorruptStreamException {
    if (bytes.byteSize() != size) {
      throw new CorruptStreamException("size=" + bytes.byteSize() + ", expected=" + size);
    }
    return bytes;
  }

  private static MemorySegment items(MemorySegment bytes, int itemBytes)
      throws CorruptStreamException {
    if (bytes.byteSize() % itemBytes != 0
        || bytes.byteSize() / itemBytes > Integer.MAX_VALUE - 16) {
      throw new CorruptStreamException("size=" + bytes.byteSize() + ", itemBytes=" + itemBytes);
    }
    return bytes;
  }

  private static boolean[] booleans(MemorySegment bytes) throws CorruptStreamException {
    boolean[] values = new boolean[(int) items(bytes, 1).byteSize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.get(ValueLayout.JAVA_BYTE, i) != 0;
    }
    return values;
  }
}
