package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * A session is closed, and something of it was used all the same: a call under way when it was
 * closed, a task that still ran when its job had ended, or a ref, a handle or a stream that the
 * program kept. It is of no use in a later session either: ids repeat, so what it names there may
 * be something else.
 */
public final class SessionClosedException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public SessionClosedException(String message, @Nullable Throwable cause) {
    super(ErrorCode.SESSION_CLOSED, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public SessionClosedException(String message) {
    this(message, null);
  }
}
