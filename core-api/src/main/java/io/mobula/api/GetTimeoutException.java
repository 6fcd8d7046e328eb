package io.mobula.api;

import org.jspecify.annotations.Nullable;

/** A value was not there in the time that {@code get} was given. The ref remains usable. */
public final class GetTimeoutException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public GetTimeoutException(String message, @Nullable Throwable cause) {
    super(ErrorCode.GET_TIMED_OUT, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public GetTimeoutException(String message) {
    this(message, null);
  }
}
