package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * A function, class or method can't be run remotely, or is not on the class path of the worker that
 * should.
 */
public final class RemoteDefinitionException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public RemoteDefinitionException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public RemoteDefinitionException(ErrorCode code, String message) {
    this(code, message, null);
  }
}
