package io.mobula.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The readable stand-in for a remote exception whose class is not on this side's class path, or
 * that could not be sent: it keeps the class's name, the message, the stack trace, the cause and
 * the suppressed exceptions, and prints as the original did.
 */
public final class RemoteThrowable extends Exception {
  private static final long serialVersionUID = 1L;

  /** The name of the original's class. */
  private final String className;

  /**
   * Makes a stand-in.
   *
   * @param className the name of the original's class
   * @param message the original's message
   * @param stackTrace the original's stack trace
   * @param cause the original's cause, or its stand-in
   * @param suppressed the original's suppressed exceptions, or their stand-ins
   */
  public RemoteThrowable(
      String className,
      @Nullable String message,
      StackTraceElement[] stackTrace,
      @Nullable Throwable cause,
      List<? extends Throwable> suppressed) {
    super(message, cause);
    this.className = Objects.requireNonNull(className, "className");
    setStackTrace(stackTrace);
    suppressed.forEach(this::addSuppressed);
  }

  /**
   * The name of the original's class.
   *
   * @return as {@link Class#getName} has it
   */
  public String className() {
    return className;
  }

  // What differs from the original is the class, not the message.
  @Override
  @SuppressWarnings("OverrideThrowableToString")
  public String toString() {
    String message = getLocalizedMessage();
    return message == null ? className : className + ": " + message;
  }
}
