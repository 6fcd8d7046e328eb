package io.mobula.worker.serialization;

/** Fails for each instance, with its place in the user's value. */
final class RefusedCodec extends TypeCodec.Indirect {
  private final Class<?> type;
  private final String reason;
  private final String remedy;

  RefusedCodec(Class<?> type, String reason, String remedy) {
    this.type = type;
    this.reason = reason;
    this.remedy = remedy;
  }

  @Override
  void write(GraphEncoder out, Object value) {
    throw out.refusal(type, reason, remedy);
  }
}
