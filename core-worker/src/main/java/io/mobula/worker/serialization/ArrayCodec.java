package io.mobula.worker.serialization;

import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Arrays of references, except {@code Object[]} and {@code String[]}, which have tags. */
final class ArrayCodec extends TypeCodec.Described {
  private final Class<?> componentType;

  ArrayCodec(Class<?> type) {
    super(Tracking.ALLOCATED, TypeDescriptor.of(TypeDescriptor.ARRAY, type, new byte[0]));
    this.componentType = type.getComponentType();
  }

  @Override
  void writeBody(GraphEncoder out, Object value) throws Throwable {
    @Nullable Object[] array = (@Nullable Object[]) value;
    out.wire.varint(array.length);
    for (int i = 0; i < array.length; i++) {
      out.element(i, array[i]);
    }
  }

  @Override
  Object readBody(GraphDecoder in) throws Throwable {
    int length = in.wire.count(in.wire.varint(), 1);
    @Nullable Object[] array = (@Nullable Object[]) Array.newInstance(componentType, length);
    in.track(array);
    for (int i = 0; i < length; i++) {
      array[i] = in.value();
    }
    return array;
  }
}
