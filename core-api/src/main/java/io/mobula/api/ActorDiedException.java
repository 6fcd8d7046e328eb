package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * An actor is dead and will not come back: it was killed, ended itself, its constructor failed, or
 * it died with no restart left. The {@link #code} tells which.
 */
public final class ActorDiedException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ActorDiedException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ActorDiedException(ErrorCode code, String message) {
    this(code, message, null);
  }
}
