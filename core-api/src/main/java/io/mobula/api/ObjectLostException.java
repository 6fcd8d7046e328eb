package io.mobula.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * No copy of an object is left, and it can't be made again. The result of a task whose copies are
 * lost, as when their nodes died, is made again by running the task, so this is thrown only where
 * that is not possible; {@link #reason} says why.
 */
public final class ObjectLostException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /** Why it can't be made again. */
  private final Reason reason;

  /**
   * Makes an exception.
   *
   * @param reason why the object can't be made again
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ObjectLostException(Reason reason, String message, @Nullable Throwable cause) {
    super(ErrorCode.OBJECT_LOST, message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /**
   * Makes an exception without a reason.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ObjectLostException(String message, @Nullable Throwable cause) {
    this(Reason.UNKNOWN, message, cause);
  }

  /**
   * Makes an exception without a reason or a cause.
   *
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ObjectLostException(String message) {
    this(message, null);
  }

  /**
   * Why the object can't be made again.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /** Why an object is lost for good. */
  public enum Reason {
    /** Whoever noticed does not know. */
    UNKNOWN,
    /** No reference to it was left at the process that owned it. */
    UNREFERENCED,
    /** The program {@linkplain ObjectRef#free freed} it. */
    FREED,
    /** It was {@linkplain Mobula#put put}, so no task can make it again. */
    PUT,
    /** An actor's method returned it, and calls of actors are not repeated to make it again. */
    ACTOR_RESULT,
    /** Its task must not run twice: {@link Remote#maxRetries} is 0. */
    NO_RETRIES,
    /** Its task has run as often as {@link Remote#maxRetries} allows. */
    RETRIES_USED,
    /** What is needed to run its task again was dropped to save memory. */
    LINEAGE_DROPPED,
    /** Its task was to run again and could not: an argument is lost as well, or workers died. */
    NOT_REMADE
  }
}
