package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * An actor is alive, or being restarted, but a call to it was lost or can't be delivered now. The
 * method may or may not have run; with {@code maxTaskRetries} lost calls are repeated.
 */
public final class ActorUnavailableException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ActorUnavailableException(String message, @Nullable Throwable cause) {
    super(ErrorCode.ACTOR_UNAVAILABLE, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ActorUnavailableException(String message) {
    this(message, null);
  }
}
