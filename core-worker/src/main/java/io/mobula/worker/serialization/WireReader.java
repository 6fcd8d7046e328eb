package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The input of one decoding: a window of bytes that slides over the source.
 *
 * <p>Owner: the thread that decodes. Small items are read from an array, which is the source itself
 * when that is an array; large arrays are copied straight from the source. Every length is checked
 * against what is left before anything is allocated for it.
 */
final class WireReader {
  private static final int WINDOW_BYTES = 1 << 16;
  private static final byte[] NOTHING = {};
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ByteSource NO_SOURCE = ByteSource.of(MemorySegment.NULL);

  private ByteSource source = NO_SOURCE;
  private byte[] ownWindow = NOTHING;
  private byte[] window = NOTHING;
  private int position;
  private int limit;

  /** Position in the source of {@code window[0]}; negative when the source starts later in it. */
  private long windowStart;

  private long sizeBytes;

  void open(byte[] bytes, int offset, int length) {
    source = ByteSource.of(MemorySegment.ofArray(bytes).asSlice(offset, length));
    window = bytes;
    position = offset;
    limit = offset + length;
    windowStart = -offset;
    sizeBytes = length;
  }

  void open(ByteSource bytes) {
    source = bytes;
    sizeBytes = bytes.sizeBytes();
    int needed = (int) Math.min(WINDOW_BYTES, sizeBytes);
    if (ownWindow.length < needed) {
      ownWindow = new byte[Math.max(needed, Math.min(WINDOW_BYTES, 2 * ownWindow.length))];
    }
    window = ownWindow;
    position = 0;
    limit = 0;
    windowStart = 0;
  }

  void close() {
    source = NO_SOURCE;
    window = NOTHING;
    position = 0;
    limit = 0;
    sizeBytes = 0;
    windowStart = 0;
  }

  long wirePosition() {
    return windowStart + position;
  }

  long remaining() {
    return sizeBytes - windowStart - position;
  }

  /** Fails unless {@code count} items of at least {@code itemBytes} each can still follow. */
  int count(int count, int itemBytes) throws CorruptStreamException {
    if (count < 0 || (long) count * itemBytes > remaining()) {
      throw new CorruptStreamException("count=" + count + ", remaining=" + remaining());
    }
    return count;
  }

  int u8() throws CorruptStreamException {
    if (position == limit) {
      refill(1);
    }
    return window[position++] & 0xFF;
  }

  short i16() throws CorruptStreamException {
    require(2);
    short value = (short) SHORT.get(window, position);
    position += 2;
    return value;
  }

  int i32() throws CorruptStreamException {
    require(4);
    int value = (int) INT.get(window, position);
    position += 4;
    return value;
  }

  long i64() throws CorruptStreamException {
    require(8);
    long value = (long) LONG.get(window, position);
    position += 8;
    return value;
  }

  int varint() throws CorruptStreamException {
    int result = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = u8();
      result |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return result;
      }
    }
    throw new CorruptStreamException("varint without end");
  }

  long varlong() throws CorruptStreamException {
    long result = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      long b = u8();
      result |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return result;
      }
    }
    throw new CorruptStreamException("varint without end");
  }

  int signedVarint() throws CorruptStreamException {
    int raw = varint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  long signedVarlong() throws CorruptStreamException {
    long raw = varlong();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** The size of a section written by {@link WireWriter#closeSection}. */
  long sectionSize() throws CorruptStreamException {
    long low = i32() & 0xFFFF_FFFFL;
    long size = low | (i16() & 0xFFFFL) << 32;
    if (size > remaining()) {
      throw new CorruptStreamException("section=" + size + ", remaining=" + remaining());
    }
    return size;
  }

  String latin1() throws CorruptStreamException {
    int length = count(varint(), 1);
    if (limit - position >= length) {
      String value = new String(window, position, length, StandardCharsets.ISO_8859_1);
      position += length;
      return value;
    }
    return new String(bytes(length), StandardCharsets.ISO_8859_1);
  }

  String utf16() throws CorruptStreamException {
    int length = count(varint(), 2);
    char[] chars = new char[length];
    array(MemorySegment.ofArray(chars));
    return new String(chars);
  }

  byte[] bytes(int length) throws CorruptStreamException {
    byte[] target = new byte[count(length, 1)];
    bytes(target, 0, length);
    return target;
  }

  void bytes(byte[] target, int offset, int length) throws CorruptStreamException {
    if (limit - position >= length) {
      System.arraycopy(window, position, target, offset, length);
      position += length;
    } else {
      source.copyTo(take(length), MemorySegment.ofArray(target).asSlice(offset, length));
    }
  }

  /** Fills a primitive array, given as a segment over it, in one copy. */
  void array(MemorySegment target) throws CorruptStreamException {
    source.copyTo(take(target.byteSize()), target);
  }

  /** Skips to a position ahead. */
  void seek(long wirePosition) throws CorruptStreamException {
    take(wirePosition - wirePosition());
  }

  /** True if the next {@code expected.length} bytes are these; they are consumed then. */
  boolean consume(byte[] expected) throws CorruptStreamException {
    require(Math.min(expected.length, WINDOW_BYTES));
    int end = position + expected.length;
    if (end > limit
        || java.util.Arrays.mismatch(window, position, end, expected, 0, expected.length) >= 0) {
      return false;
    }
    position = end;
    return true;
  }

  static final ValueLayout.OfChar CHAR_LAYOUT =
      ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private long take(long size) throws CorruptStreamException {
    long start = wirePosition();
    if (size < 0 || size > remaining()) {
      throw new CorruptStreamException("needed=" + size + ", remaining=" + remaining());
    }
    if (size <= limit - position) {
      position += (int) size;
    } else {
      windowStart = start + size;
      position = 0;
      limit = 0;
    }
    return start;
  }

  private void require(int size) throws CorruptStreamException {
    if (limit - position < size) {
      refill(size);
    }
  }

  private void refill(int size) throws CorruptStreamException {
    if (size > remaining()) {
      throw new CorruptStreamException("needed=" + size + ", remaining=" + remaining());
    }
    long start = wirePosition();
    int filled = (int) Math.min(window.length, sizeBytes - start);
    source.copyTo(start, MemorySegment.ofArray(window).asSlice(0, filled));
    windowStart = start;
    position = 0;
    limit = filled;
  }
}
