package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * A call that had been sent to an actor is lost, while the actor lives on or is being restarted.
 * The method may or may not have run; with {@code maxTaskRetries} lost calls are repeated instead.
 *
 * <p>A call that had not been sent has not run, so it does not fail with this: calls that are made
 * while their actor is being restarted wait for it, whatever {@code maxTaskRetries} is. Whoever
 * does not want to wait gives {@code get} a timeout.
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
