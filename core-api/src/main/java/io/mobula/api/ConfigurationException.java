package io.mobula.api;

import org.jspecify.annotations.Nullable;

/**
 * An option or setting is refused: its name is unknown (the message names the nearest), or its
 * value is out of range.
 */
public final class ConfigurationException extends MobulaException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   * @param cause what led to it, if anything did
   */
  public ConfigurationException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  /**
   * Makes an exception without a cause.
   *
   * @param code what went wrong
   * @param message {@code what failed: name=value, name=value: what to do}
   */
  public ConfigurationException(ErrorCode code, String message) {
    this(code, message, null);
  }
}
