package io.mobula.worker.serialization;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Optional values, which the JDK does not make Serializable. Stateless. */
final class OptionalCodecs {
  private OptionalCodecs() {}

  static void write(int tag, GraphEncoder out, Object value) throws Throwable {
    switch (tag) {
      case Tag.OPTIONAL -> out.child(GraphPath.HIDDEN, ((Optional<?>) value).orElse(null));
      case Tag.OPTIONAL_INT -> {
        OptionalInt v = (OptionalInt) value;
        number(out, v.isPresent(), v.orElse(0));
      }
      case Tag.OPTIONAL_LONG -> {
        OptionalLong v = (OptionalLong) value;
        number(out, v.isPresent(), v.orElse(0));
      }
      default -> {
        OptionalDouble v = (OptionalDouble) value;
        number(out, v.isPresent(), Double.doubleToRawLongBits(v.orElse(0)));
      }
    }
  }

  private static void number(GraphEncoder out, boolean isPresent, long bits) {
    out.wire.u8(isPresent ? 1 : 0);
    if (isPresent) {
      out.wire.i64(bits);
    }
  }

  static Object read(int tag, GraphDecoder in) throws Throwable {
    if (tag == Tag.OPTIONAL) {
      int handle = in.takeHandle();
      Optional<?> value = Optional.ofNullable(in.value());
      in.setHandle(handle, value);
      return value;
    }
    boolean isPresent = in.wire.u8() != 0;
    long bits = isPresent ? in.wire.i64() : 0;
    return switch (tag) {
      case Tag.OPTIONAL_INT -> isPresent ? OptionalInt.of((int) bits) : OptionalInt.empty();
      case Tag.OPTIONAL_LONG -> isPresent ? OptionalLong.of(bits) : OptionalLong.empty();
      default ->
          isPresent ? OptionalDouble.of(Double.longBitsToDouble(bits)) : OptionalDouble.empty();
    };
  }
}
