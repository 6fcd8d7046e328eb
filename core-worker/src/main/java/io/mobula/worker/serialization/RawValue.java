package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A value that is nothing but its bytes: a scalar, a string, a primitive array or a buffer. */
sealed interface RawValue extends Encoding {
  /** What has no bytes in memory is made into bytes by that many items at a time. */
  int PIECE_ITEMS_MAX = 32 << 10;

  /** {@code null}. */
  RawValue NULL = new Scalar(ValueKind.NULL, 0, 0);

  /** {@code true}. */
  RawValue TRUE = new Scalar(ValueKind.BOOLEAN, 1, 1);

  /** {@code false}. */
  RawValue FALSE = new Scalar(ValueKind.BOOLEAN, 0, 1);

  /** Bytes that are in memory already, still the user's: copied in bulk. */
  record Content(ValueKind kind, MemorySegment content) implements RawValue {
    @Override
    public long sizeBytes() {
      return content.byteSize();
    }

    @Override
    public void writeTo(ByteTarget target) {
      target.write(0, content);
    }
  }

  /** Up to eight bytes, little-endian in {@code bits}. */
  record Scalar(ValueKind kind, long bits, long sizeBytes) implements RawValue {
    @Override
    public void writeTo(ByteTarget target) {
      byte[] bytes = new byte[(int) sizeBytes];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bits >>> (8 * i));
      }
      target.write(0, MemorySegment.ofArray(bytes));
    }
  }

  /** A string, copied through a small scratch array because the JDK gives no view of its bytes. */
  record Text(ValueKind kind, String value) implements RawValue {
    @Override
    public long sizeBytes() {
      return kind == ValueKind.STRING_LATIN1 ? value.length() : 2L * value.length();
    }

    @Override
    public void writeTo(ByteTarget target) {
      int length = value.length();
      char[] chars = new char[Math.min(length, PIECE_ITEMS_MAX)];
      byte[] narrow = kind == ValueKind.STRING_LATIN1 ? new byte[chars.length] : new byte[0];
      for (int from = 0; from < length; from += chars.length) {
        int count = Math.min(chars.length, length - from);
        value.getChars(from, from + count, chars, 0);
        if (kind == ValueKind.STRING_LATIN1) {
          for (int i = 0; i < count; i++) {
            narrow[i] = (byte) chars[i];
          }
          target.write(from, MemorySegment.ofArray(narrow).asSlice(0, count));
        } else {
          target.write(2L * from, MemorySegment.ofArray(chars).asSlice(0, 2L * count));
        }
      }
    }
  }

  /** A {@code boolean[]}, which has no segment view. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Booleans(boolean[] values) implements RawValue {
    @Override
    public ValueKind kind() {
      return ValueKind.BOOLEANS;
    }

    @Override
    public long sizeBytes() {
      return values.length;
    }

    @Override
    public void writeTo(ByteTarget target) {
      byte[] piece = new byte[Math.min(values.length, PIECE_ITEMS_MAX)];
      for (int from = 0; from < values.length; from += piece.length) {
        int count = Math.min(piece.length, values.length - from);
        for (int i = 0; i < count; i++) {
          piece[i] = (byte) (values[from + i] ? 1 : 0);
        }
        target.write(from, MemorySegment.ofArray(piece).asSlice(0, count));
      }
    }
  }

  /** The raw form of {@code value}, or null if only a graph can carry it. */
  static @Nullable RawValue of(@Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    if (value instanceof String s) {
      return new Text(isLatin1(s) ? ValueKind.STRING_LATIN1 : ValueKind.STRING_UTF16, s);
    }
    if (value instanceof Number n) {
      return number(n);
    }
    if (value instanceof Boolean b) {
      return b ? TRUE : FALSE;
    }
    if (value.getClass().isArray()) {
      return array(value);
    }
    if (value instanceof Character c) {
      return new Scalar(ValueKind.CHAR, c, 2);
    }
    return value instanceof ByteBuffer || value instanceof MemorySegment ? buffer(value) : null;
  }

  private static @Nullable RawValue number(Number value) {
    if (value instanceof Integer i) {
      return new Scalar(ValueKind.INT, i, 4);
    }
    if (value instanceof Long l) {
      return new Scalar(ValueKind.LONG, l, 8);
    }
    if (value instanceof Double d) {
      return new Scalar(ValueKind.DOUBLE, Double.doubleToRawLongBits(d), 8);
    }
    if (value instanceof Float f) {
      return new Scalar(ValueKind.FLOAT, Float.floatToRawIntBits(f), 4);
    }
    if (value instanceof Short s) {
      return new Scalar(ValueKind.SHORT, s, 2);
    }
    return value instanceof Byte b ? new Scalar(ValueKind.BYTE, b, 1) : null;
  }

  private static @Nullable RawValue array(Object value) {
    return switch (value) {
      case byte[] a -> new Content(ValueKind.BYTES, MemorySegment.ofArray(a));
      case double[] a -> new Content(ValueKind.DOUBLES, MemorySegment.ofArray(a));
      case long[] a -> new Content(ValueKind.LONGS, MemorySegment.ofArray(a));
      case int[] a -> new Content(ValueKind.INTS, MemorySegment.ofArray(a));
      case float[] a -> new Content(ValueKind.FLOATS, MemorySegment.ofArray(a));
      case char[] a -> new Content(ValueKind.CHARS, MemorySegment.ofArray(a));
      case short[] a -> new Content(ValueKind.SHORTS, MemorySegment.ofArray(a));
      case boolean[] a -> new Booleans(a);
      default -> null;
    };
  }

  private static @Nullable RawValue buffer(Object value) {
    if (value instanceof MemorySegment segment) {
      return new Content(ValueKind.MEMORY_SEGMENT, segment);
    }
    ByteBuffer buffer = (ByteBuffer) value;
    ValueKind kind =
        buffer.order() == ByteOrder.BIG_ENDIAN
            ? ValueKind.BYTE_BUFFER
            : ValueKind.BYTE_BUFFER_LITTLE_ENDIAN;
    return new Content(kind, MemorySegment.ofBuffer(buffer));
  }

  private static boolean isLatin1(String value) {
    int length = value.length();
    if (length <= 64) {
      int or = 0;
      for (int i = 0; i < length; i++) {
        or |= value.charAt(i);
      }
      return (or & 0xFF00) == 0;
    }
    char[] chars = new char[Math.min(length, 1024)];
    for (int from = 0; from < length; from += chars.length) {
      int count = Math.min(chars.length, length - from);
      value.getChars(from, from + count, chars, 0);
      int or = 0;
      for (int i = 0; i < count; i++) {
        or |= chars[i];
      }
      if ((or & 0xFF00) != 0) {
        return false;
      }
    }
    return true;
  }
}
