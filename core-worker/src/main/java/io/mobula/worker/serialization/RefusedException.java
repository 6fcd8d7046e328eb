package io.mobula.worker.serialization;

/** Says, while a codec is built, why instances of a class can't be sent, and what to do. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  RefusedException(String reason, String remedy) {
    super(reason, null, false, false);
    this.remedy = remedy;
  }

  String remedy() {
    return remedy;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
