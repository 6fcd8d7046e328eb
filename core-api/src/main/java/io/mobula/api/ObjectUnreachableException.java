package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * An object exists, and this node could not get it: for half a minute it reached none of the nodes
 * that have it. The message names them and says what went wrong with each. Nothing is lost by it:
 * the ref stays good, other nodes may read the object meanwhile, and so may this one later, so the
 * same {@code get} again may succeed.
 */
public final class ObjectUnreachableException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ObjectUnreachableException(String message, @Nullable Throwable cause) {
    super(ErrorCode.OBJECT_UNREACHABLE, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ObjectUnreachableException(String message) {
    this(message, null);
  }
}
