package io.mobula.worker.serialization;

/** Enum constants, by position; the descriptor makes sure that both sides number them alike. */
final class EnumCodec extends TypeCodec.Described {
  private final Object[] constants;

  EnumCodec(Class<?> type) {
    super(Tracking.NONE, descriptor(type));
    this.constants = type.getEnumConstants();
  }

  private static TypeDescriptor descriptor(Class<?> type) {
    TypeDescriptor.Shape shape = new TypeDescriptor.Shape();
    int hash = 1;
    for (Object constant : type.getEnumConstants()) {
      hash = 31 * hash + ((Enum<?>) constant).name().hashCode();
    }
    for (int shift = 0; shift < 32; shift += 8) {
      shape.add(hash >>> shift);
    }
    return TypeDescriptor.of(TypeDescriptor.ENUM, type, shape.toBytes());
  }

  @Override
  @SuppressWarnings("EnumOrdinal") // The descriptor compares the constants.
  void writeBody(GraphEncoder out, Object value) {
    out.wire.varint(((Enum<?>) value).ordinal());
  }

  @Override
  Object readBody(GraphDecoder in) throws CorruptStreamException {
    int ordinal = in.wire.varint();
    if (ordinal < 0 || ordinal >= constants.length) {
      throw new CorruptStreamException("ordinal=" + ordinal + ", constants=" + constants.length);
    }
    return constants[ordinal];
  }
}
