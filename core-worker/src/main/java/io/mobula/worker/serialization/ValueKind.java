package io.mobula.worker.serialization;

import org.jspecify.annotations.Nullable;

/**
 * How the bytes of an encoded value are to be read; one byte on the wire.
 *
 * <p>The numbers are part of the wire contract: never renumber, never reuse. All numbers inside the
 * payloads are little-endian.
 */
public enum ValueKind {
  /** {@code null}, and the result of a {@code void} method. No bytes. */
  NULL(0),
  /** A {@link Boolean}: one byte, 0 or 1. */
  BOOLEAN(1),
  /** A {@link Byte}: one byte. */
  BYTE(2),
  /** A {@link Short}: two bytes. */
  SHORT(3),
  /** A {@link Character}: two bytes. */
  CHAR(4),
  /** An {@link Integer}: four bytes. */
  INT(5),
  /** A {@link Long}: eight bytes. */
  LONG(6),
  /** A {@link Float}: four bytes, its raw bits. */
  FLOAT(7),
  /** A {@link Double}: eight bytes, its raw bits. */
  DOUBLE(8),
  /** A {@link String} whose chars are all below 256: one byte a char. */
  STRING_LATIN1(9),
  /** Any other {@link String}: two bytes a char. */
  STRING_UTF16(10),
  /** A {@code byte[]}. */
  BYTES(11),
  /** A {@code boolean[]}: one byte each, 0 or 1. */
  BOOLEANS(12),
  /** A {@code short[]}. */
  SHORTS(13),
  /** A {@code char[]}. */
  CHARS(14),
  /** An {@code int[]}. */
  INTS(15),
  /** A {@code long[]}. */
  LONGS(16),
  /** A {@code float[]}. */
  FLOATS(17),
  /** A {@code double[]}. */
  DOUBLES(18),
  /** What remains in a big-endian {@link java.nio.ByteBuffer}; decoded as a read-only view. */
  BYTE_BUFFER(19),
  /** The same of a little-endian one. */
  BYTE_BUFFER_LITTLE_ENDIAN(20),
  /** A {@link java.lang.foreign.MemorySegment}; decoded as a read-only view. */
  MEMORY_SEGMENT(21),
  /** Anything else: a graph stream. */
  GRAPH(22),
  /**
   * A failure, written by {@link ThrowableCodec}: a graph stream and a stand-in that always reads.
   */
  THROWABLE(23);

  private static final ValueKind[] BY_NUMBER = values();

  private final int number;

  ValueKind(int number) {
    this.number = number;
  }

  /** The stable number of this kind: 0 to 255. */
  public int number() {
    return number;
  }

  /** The kind with that number, or null if there is none. */
  public static @Nullable ValueKind ofNumber(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
