package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The growing output of one encoding: bytes in band, and large primitive arrays by reference.
 *
 * <p>Owner: the thread that encodes. An array of at least {@value #BULK_MIN_BYTES} bytes is not
 * copied here; its place is noted, and it is copied once, from the user's array straight to the
 * final target.
 */
final class WireWriter {
  /** Below this size, a copy in band is cheaper than one more piece. */
  static final int BULK_MIN_BYTES = 4096;

  /** A pooled writer gives back what it grew beyond this. */
  static final int RETAINED_BYTES_MAX = 1 << 20;

  private static final int SECTION_SIZE_BYTES = 6;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** A primitive array whose bytes belong after the first {@code inBandBytes} of the buffer. */
  record Bulk(int inBandBytes, MemorySegment content) {}

  private byte[] buffer = new byte[1024];
  private int position;
  private List<Bulk> bulks = new ArrayList<>();
  private long bulkBytes;
  private final char[] scratch = new char[256];

  long wirePosition() {
    return position + bulkBytes;
  }

  void reset() {
    position = 0;
    bulkBytes = 0;
    if (!bulks.isEmpty()) {
      bulks = new ArrayList<>();
    }
    if (buffer.length > RETAINED_BYTES_MAX) {
      buffer = new byte[1024];
    }
  }

  /** The finished value. The buffer is handed over when it is large and copied when it is small. */
  GraphValue finish() {
    byte[] inBand;
    if (position <= RETAINED_BYTES_MAX) {
      inBand = Arrays.copyOf(buffer, position);
    } else {
      inBand = buffer;
      buffer = new byte[1024];
    }
    return new GraphValue(ValueKind.GRAPH, inBand, position, List.copyOf(bulks), wirePosition());
  }

  void u8(int value) {
    if (position == buffer.length) {
      grow(1);
    }
    buffer[position++] = (byte) value;
  }

  void i16(int value) {
    reserve(2);
    SHORT.set(buffer, position, (short) value);
    position += 2;
  }

  void i32(int value) {
    reserve(4);
    INT.set(buffer, position, value);
    position += 4;
  }

  void i64(long value) {
    reserve(8);
    LONG.set(buffer, position, value);
    position += 8;
  }

  void varint(int value) {
    reserve(5);
    byte[] target = buffer;
    int at = position;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    position = at;
  }

  void varlong(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[position++] = (byte) rest;
  }

  void signedVarint(int value) {
    varint((value << 1) ^ (value >> 31));
  }

  void signedVarlong(long value) {
    varlong((value << 1) ^ (value >> 63));
  }

  void bytes(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, buffer, position, length);
    position += length;
  }

  /** The elements of a primitive array (not boolean[]), as a segment over it. */
  void bulk(MemorySegment content) {
    long sizeBytes = content.byteSize();
    if (sizeBytes >= BULK_MIN_BYTES) {
      bulks.add(new Bulk(position, content));
      bulkBytes += sizeBytes;
      return;
    }
    int size = (int) sizeBytes;
    reserve(size);
    MemorySegment.copy(content, ValueLayout.JAVA_BYTE, 0, buffer, position, size);
    position += size;
  }

  /** Writes a string with the tag of its form: one byte a char if all chars fit, else two. */
  void string(String value) {
    int length = value.length();
    int start = position;
    u8(Tag.STRING_LATIN1);
    varint(length);
    reserve(length);
    int or = length <= 24 ? narrowShort(value, length) : narrowLong(value, length);
    if ((or & 0xFF00) == 0) {
      position += length;
      return;
    }
    position = start;
    u8(Tag.STRING_UTF16);
    varint(length);
    reserve(Math.multiplyExact(length, 2));
    for (int from = 0; from < length; from += scratch.length) {
      int count = Math.min(scratch.length, length - from);
      value.getChars(from, from + count, scratch, 0);
      for (int i = 0; i < count; i++) {
        SHORT.set(buffer, position + 2 * i, (short) scratch[i]);
      }
      position += 2 * count;
    }
  }

  private int narrowShort(String value, int length) {
    byte[] target = buffer;
    int or = 0;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      or |= c;
      target[position + i] = (byte) c;
    }
    return or;
  }

  private int narrowLong(String value, int length) {
    int or = 0;
    for (int from = 0; from < length; from += scratch.length) {
      int count = Math.min(scratch.length, length - from);
      value.getChars(from, from + count, scratch, 0);
      int at = position + from;
      for (int i = 0; i < count; i++) {
        buffer[at + i] = (byte) scratch[i];
      }
      for (int i = 0; i < count; i++) {
        or |= scratch[i];
      }
    }
    return or;
  }

  /** Leaves room for the size of a section that starts here; returns what closes it. */
  int openSection() {
    reserve(SECTION_SIZE_BYTES);
    int mark = position;
    position += SECTION_SIZE_BYTES;
    return mark;
  }

  void closeSection(int mark, long startWirePosition) {
    long sizeBytes = wirePosition() - startWirePosition;
    INT.set(buffer, mark, (int) sizeBytes);
    SHORT.set(buffer, mark + 4, (short) (sizeBytes >>> 32));
  }

  private void reserve(int size) {
    if (buffer.length - position < size) {
      grow(size);
    }
  }

  private void grow(int size) {
    long needed = (long) position + size;
    if (needed > Integer.MAX_VALUE - 16) {
      throw CodecFailures.tooLarge(
          "cannot serialize: the value exceeds 2 GiB outside its large primitive arrays;"
              + " split it, or keep its numbers in primitive arrays");
    }
    long doubled = Math.min(Integer.MAX_VALUE - 16, 2L * buffer.length);
    buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
  }
}
