package io.mobula.api;

import org.jspecify.annotations.Nullable;

/** An object does not fit in the shared-memory store of a node. */
public final class ObjectStoreFullException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ObjectStoreFullException(String message, @Nullable Throwable cause) {
    super(ErrorCode.OBJECT_STORE_FULL, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ObjectStoreFullException(String message) {
    this(message, null);
  }
}
