package io.mobula.api;

import org.jspecify.annotations.Nullable;

/** The process that owned an object died, and the object with it. */
public final class OwnerDiedException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public OwnerDiedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.OWNER_DIED, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public OwnerDiedException(String message) {
    this(message, null);
  }
}
