package io.mobula.worker.serialization;

import java.lang.foreign.MemorySegment;
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
      case Tag.BYTES -> {
        byte[] items = new byte[in.wire.count(length, 1)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.SHORTS -> {
        short[] items = new short[in.wire.count(length, 2)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.CHARS -> {
        char[] items = new char[in.wire.count(length, 2)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.INTS -> {
        int[] items = new int[in.wire.count(length, 4)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.LONGS -> {
        long[] items = new long[in.wire.count(length, 8)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.FLOATS -> {
        float[] items = new float[in.wire.count(length, 4)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.DOUBLES -> {
        double[] items = new double[in.wire.count(length, 8)];
        yield bulk(in, items, MemorySegment.ofArray(items));
      }
      case Tag.OBJECTS -> objects(in, new Object[in.wire.count(length, 1)]);
      default -> objects(in, new String[in.wire.count(length, 1)]);
    };
  }

  private static void bulk(GraphEncoder out, int length, MemorySegment content) {
    out.wire.varint(length);
    out.wire.bulk(content);
  }

  private static Object bulk(GraphDecoder in, Object array, MemorySegment items)
      throws CorruptStreamException {
    in.track(array);
    in.wire.array(items);
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
