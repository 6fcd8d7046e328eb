package io.mobula.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value can't be sent, or what was received can't be made a value. The message and {@link
 * #fieldPath} name the offending field.
 */
public final class SerializationException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /** The path from the value to the field; null if it is not known. */
  private final @Nullable String fieldPath;

  /**
   * Makes an exception.
   *
   * @param code which direction failed
   * @param message {@code what failed: name=value, name=value: what to do}, with the field path
   * @param fieldPath the path from the value to the field, such as {@code Order.customer.socket};
   *     null if it is not known
   * @param cause what led to it, if anything did
   */
  public SerializationException(
      ErrorCode code, String message, @Nullable String fieldPath, @Nullable Throwable cause) {
    super(code, message, cause);
    this.fieldPath = fieldPath;
  }

  /**
   * The path from the value to the field that can't be sent, such as {@code Order.customer.socket}.
   *
   * @return the path; empty if the failure came from another process or concerns no field
   */
  public Optional<String> fieldPath() {
    return Optional.ofNullable(fieldPath);
  }
}
