package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.NONE;

/** The boxed primitives that the encoder does not write itself. */
final class ScalarCodecs {
  private ScalarCodecs() {}

  static void register(Builtins.Classes classes, Builtins.Tags tags) {
    classes.put(
        Byte.class,
        Builtins.<Byte>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.BYTE);
              out.wire.u8(v);
            }));
    tags.put(Tag.BYTE, in -> (byte) in.wire.u8());
    classes.put(
        Short.class,
        Builtins.<Short>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.SHORT);
              out.wire.i16(v);
            }));
    tags.put(Tag.SHORT, in -> in.wire.i16());
    classes.put(
        Character.class,
        Builtins.<Character>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.CHAR);
              out.wire.i16(v);
            }));
    tags.put(Tag.CHAR, in -> (char) in.wire.i16());
    classes.put(
        Float.class,
        Builtins.<Float>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.FLOAT);
              out.wire.i32(Float.floatToRawIntBits(v));
            }));
    tags.put(Tag.FLOAT, in -> Float.intBitsToFloat(in.wire.i32()));
  }
}
