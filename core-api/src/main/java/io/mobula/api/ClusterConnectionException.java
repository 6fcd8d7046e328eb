package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * A cluster can't be joined or started, or was lost: nobody answers, it refused the secret, it
 * speaks another version, or it is gone. The {@link #code} tells which.
 */
public final class ClusterConnectionException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ClusterConnectionException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ClusterConnectionException(ErrorCode code, String message) {
    this(code, message, null);
  }
}
