package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Arrays with tags: primitive ones in bulk, {@code Object[]}, {@code String[]}. Stateless. */
final class ArrayCodecs {
  private ArrayCodecs() {}

  static void write(int tag, GraphEncoder out, Object value) throws Throwable {
    switch (tag) {
      case Tag.BOOLEANS -> booleans(out, (boolean[]) value);
      case Tag.BYTES -> bulk(out, ((byte[]) value).length, MemorySegment.ofArray((byte[]) value));
      case Tag.SHORTS ->
          bulk(out, ((short[]) value).length, MemorySegment.ofArray((short[]) value));
      case Tag.CHARS -> bulk(out, ((char[]) value).length, MemorySegment.ofArray((char[]) value));
      case Tag.INTS -> bulk(out, ((int[]) value).length, MemorySegment.ofArray((int[]) value));
      case Tag.LONGS -> bulk(out, ((long[]) value).length, MemorySegment.ofArray((long[]) value));
      case Tag.FLOATS ->
          bulk(out, ((float[]) value).length, MemorySegment.ofArray((float[]) value));
      case Tag.DOUBLES ->
          bulk(out, ((double[]) value).length, MemorySegment.ofArray((double[]) value));
      default -> objects(out, (@Nullable Object[]) value);
    }
  }

  static Object read(int tag, GraphDecoder in) throws Throwable {
    int length = in.wire.varint();
    return switch (tag) {
      case Tag.BOOLEANS -> booleans(in, new boolean[in.wire.count(length, 1)]);
      case Tag.BYTES -> bulk(in, new byte[in.wire.count(length, 1)], ValueLayout.JAVA_BYTE, length);
      case Tag.SHORTS -> bulk(in, new short[in.wire.count(length, 2)], RawReader.SHORT, length);
      case Tag.CHARS -> bulk(in, new char[in.wire.count(length, 2)], RawReader.CHAR, length);
      case Tag.INTS -> bulk(in, new int[in.wire.count(length, 4)], RawReader.INT, length);
      case Tag.LONGS -> bulk(in, new long[in.wire.count(length, 8)], RawReader.LONG, length);
      case Tag.FLOATS -> bulk(in, new float[in.wire.count(length, 4)], RawReader.FLOAT, length);
      case Tag.DOUBLES -> bulk(in, new double[in.wire.count(length, 8)], RawReader.DOUBLE, length);
      case Tag.OBJECTS -> objects(in, new Object[in.wire.count(length, 1)]);
      default -> objects(in, new String[in.wire.count(length, 1)]);
    };
  }

  private static void bulk(GraphEncoder out, int length, MemorySegment content) {
    out.wire.varint(length);
    out.wire.bulk(content);
  }

  private static Object bulk(GraphDecoder in, Object array, ValueLayout layout, int length)
      throws CorruptStreamException {
    in.track(array);
    in.wire.array(array, layout, length, (int) layout.byteSize());
    return array;
  }

  private static void booleans(GraphEncoder out, boolean[] values) {
    out.wire.varint(values.length);
    for (boolean value : values) {
      out.wire.u8(value ? 1 : 0);
    }
  }

  private static Object booleans(GraphDecoder in, boolean[] values) throws CorruptStreamException {
    in.track(values);
    for (int i = 0; i < values.length; i++) {
      values[i] = in.wire.u8() != 0;
    }
    return values;
  }

  private static void objects(GraphEncoder out, @Nullable Object[] values) throws Throwable {
    out.wire.varint(values.length);
    for (int i = 0; i < values.length; i++) {
      out.element(i, values[i]);
    }
  }

  private static Object objects(GraphDecoder in, @Nullable Object[] values) throws Throwable {
    in.track(values);
    for (int i = 0; i < values.length; i++) {
      values[i] = in.value();
    }
    return values;
  }
}
