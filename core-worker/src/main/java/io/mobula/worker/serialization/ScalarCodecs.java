package io.mobula.worker.serialization;

/** The boxed primitives that the encoder does not write itself. Stateless. */
final class ScalarCodecs {
  private ScalarCodecs() {}

  static void write(int tag, GraphEncoder out, Object value) {
    switch (tag) {
      case Tag.BYTE -> out.wire.u8((byte) value);
      case Tag.SHORT -> out.wire.i16((short) value);
      case Tag.CHAR -> out.wire.i16((char) value);
      default -> out.wire.i32(Float.floatToRawIntBits((float) value));
    }
  }

  static Object read(int tag, GraphDecoder in) throws CorruptStreamException {
    return switch (tag) {
      case Tag.BYTE -> (Object) (byte) in.wire.u8();
      case Tag.SHORT -> in.wire.i16();
      case Tag.CHAR -> (char) in.wire.i16();
      default -> Float.intBitsToFloat(in.wire.i32());
    };
  }
}
