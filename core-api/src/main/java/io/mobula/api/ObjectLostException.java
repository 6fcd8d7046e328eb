package io.mobula.api;

import org.jspecify.annotations.Nullable;

/** No copy of an object is left, and it can't be made again. */
public final class ObjectLostException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ObjectLostException(String message, @Nullable Throwable cause) {
    super(ErrorCode.OBJECT_LOST, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ObjectLostException(String message) {
    this(message, null);
  }
}
