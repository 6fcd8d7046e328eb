package io.mobula.api;

import org.jspecify.annotations.Nullable;

/** A task or actor asks for resources that no node has. */
public final class UnschedulableException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public UnschedulableException(String message, @Nullable Throwable cause) {
    super(ErrorCode.UNSCHEDULABLE, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public UnschedulableException(String message) {
    this(message, null);
  }
}
