package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * The thread was interrupted while it waited in {@code get}, {@code wait}, {@code put} or another
 * call. Its interrupt flag is set again. Refs remain usable.
 */
public final class WaitInterruptedException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public WaitInterruptedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.INTERRUPTED, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public WaitInterruptedException(String message) {
    this(message, null);
  }
}
