package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.ALLOCATED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Arrays inside a graph: primitive ones in bulk, {@code Object[]} and {@code String[]} by tag. */
final class PrimitiveArrayCodecs {
  private PrimitiveArrayCodecs() {}

  static void register(Builtins.Classes classes, Builtins.Tags tags) {
    bulk(classes, tags, Tag.BYTES, byte[].class, ValueLayout.JAVA_BYTE, MemorySegment::ofArray);
    bulk(classes, tags, Tag.SHORTS, short[].class, RawReader.SHORT, MemorySegment::ofArray);
    bulk(classes, tags, Tag.CHARS, char[].class, RawReader.CHAR, MemorySegment::ofArray);
    bulk(classes, tags, Tag.INTS, int[].class, RawReader.INT, MemorySegment::ofArray);
    bulk(classes, tags, Tag.LONGS, long[].class, RawReader.LONG, MemorySegment::ofArray);
    bulk(classes, tags, Tag.FLOATS, float[].class, RawReader.FLOAT, MemorySegment::ofArray);
    bulk(classes, tags, Tag.DOUBLES, double[].class, RawReader.DOUBLE, MemorySegment::ofArray);
    classes.put(
        boolean[].class, Builtins.<boolean[]>codec(ALLOCATED, PrimitiveArrayCodecs::booleans));
    tags.put(Tag.BOOLEANS, PrimitiveArrayCodecs::booleans);
    classes.put(
        Object[].class,
        Builtins.<@Nullable Object[]>codec(ALLOCATED, (out, v) -> objects(out, Tag.OBJECTS, v)));
    tags.put(Tag.OBJECTS, in -> objects(in, new Object[length(in)]));
    classes.put(
        String[].class,
        Builtins.<@Nullable Object[]>codec(ALLOCATED, (out, v) -> objects(out, Tag.STRINGS, v)));
    tags.put(Tag.STRINGS, in -> objects(in, new String[length(in)]));
  }

  private static <A> void bulk(
      Builtins.Classes classes,
      Builtins.Tags tags,
      int tag,
      Class<A> type,
      ValueLayout layout,
      Function<A, MemorySegment> content) {
    Class<?> item = type.getComponentType();
    int itemBytes = (int) layout.byteSize();
    classes.put(
        type,
        Builtins.<A>codec(
            ALLOCATED,
            (out, v) -> {
              out.wire.u8(tag);
              out.wire.varint(Array.getLength(v));
              out.wire.bulk(content.apply(v));
            }));
    tags.put(
        tag,
        in -> {
          int length = in.wire.count(in.wire.varint(), itemBytes);
          Object array = in.track(Array.newInstance(item, length));
          in.wire.array(array, layout, length, itemBytes);
          return array;
        });
  }

  private static void booleans(GraphEncoder out, boolean[] values) {
    out.wire.u8(Tag.BOOLEANS);
    out.wire.varint(values.length);
    for (boolean value : values) {
      out.wire.u8(value ? 1 : 0);
    }
  }

  private static Object booleans(GraphDecoder in) throws CorruptStreamException {
    boolean[] values = in.track(new boolean[length(in)]);
    for (int i = 0; i < values.length; i++) {
      values[i] = in.wire.u8() != 0;
    }
    return values;
  }

  private static int length(GraphDecoder in) throws CorruptStreamException {
    return in.wire.count(in.wire.varint(), 1);
  }

  private static void objects(GraphEncoder out, int tag, @Nullable Object[] values)
      throws Throwable {
    out.wire.u8(tag);
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
