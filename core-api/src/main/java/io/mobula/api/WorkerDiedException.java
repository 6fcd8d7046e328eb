package io.mobula.api;

import org.jspecify.annotations.Nullable;

/** The worker that ran a task, or the worker's node, died, and no retry was left. */
public final class WorkerDiedException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public WorkerDiedException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public WorkerDiedException(ErrorCode code, String message) {
    this(code, message, null);
  }
}
