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
  static @Nullable Object read(ValueKind kind, ByteSource source) throws CorruptStreamException {
    return switch (kind) {
      case NULL -> null;
      case BOOLEAN -> scalar(source, 1).get(ValueLayout.JAVA_BYTE, 0) != 0;
      case BYTE -> scalar(source, 1).get(ValueLayout.JAVA_BYTE, 0);
      case SHORT -> scalar(source, 2).get(SHORT, 0);
      case CHAR -> scalar(source, 2).get(CHAR, 0);
      case INT -> scalar(source, 4).get(INT, 0);
      case LONG -> scalar(source, 8).get(LONG, 0);
      case FLOAT -> scalar(source, 4).get(FLOAT, 0);
      case DOUBLE -> scalar(source, 8).get(DOUBLE, 0);
      case STRING_LATIN1 -> new String(bytes(source), StandardCharsets.ISO_8859_1);
      case STRING_UTF16 -> {
        char[] items = new char[count(source, 2)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield new String(items);
      }
      case BYTES -> bytes(source);
      case BOOLEANS -> booleans(bytes(source));
      case SHORTS -> {
        short[] items = new short[count(source, 2)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield items;
      }
      case CHARS -> {
        char[] items = new char[count(source, 2)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield items;
      }
      case INTS -> {
        int[] items = new int[count(source, 4)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield items;
      }
      case LONGS -> {
        long[] items = new long[count(source, 8)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield items;
      }
      case FLOATS -> {
        float[] items = new float[count(source, 4)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield items;
      }
      case DOUBLES -> {
        double[] items = new double[count(source, 8)];
        source.copyTo(0, MemorySegment.ofArray(items));
        yield items;
      }
      case BYTE_BUFFER -> view(source).asByteBuffer();
      case BYTE_BUFFER_LITTLE_ENDIAN -> view(source).asByteBuffer().order(ORDER);
      case MEMORY_SEGMENT -> source.segment().asReadOnly();
      case GRAPH, THROWABLE -> throw new IllegalArgumentException("not raw: kind=" + kind);
    };
  }

  private static MemorySegment scalar(ByteSource source, int size) throws CorruptStreamException {
    if (source.sizeBytes() != size) {
      throw new CorruptStreamException("size=" + source.sizeBytes() + ", expected=" + size);
    }
    byte[] bytes = new byte[size];
    source.copyTo(0, MemorySegment.ofArray(bytes));
    return MemorySegment.ofArray(bytes);
  }

  private static MemorySegment view(ByteSource source) throws CorruptStreamException {
    count(source, 1);
    return source.segment().asReadOnly();
  }

  private static int count(ByteSource source, int itemBytes) throws CorruptStreamException {
    long sizeBytes = source.sizeBytes();
    if (sizeBytes % itemBytes != 0 || sizeBytes / itemBytes > Integer.MAX_VALUE - 16) {
      throw new CorruptStreamException("size=" + sizeBytes + ", itemBytes=" + itemBytes);
    }
    return (int) (sizeBytes / itemBytes);
  }

  private static byte[] bytes(ByteSource source) throws CorruptStreamException {
    byte[] bytes = new byte[count(source, 1)];
    source.copyTo(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static boolean[] booleans(byte[] bytes) {
    boolean[] values = new boolean[bytes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes[i] != 0;
    }
    return values;
  }
}
