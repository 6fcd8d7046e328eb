package io.mobula.agent.config;

/**
 * How a value is written.
 *
 * @param <T> what it becomes
 */
public interface ConfigType<T> {
  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if it is not {@linkplain #allowed() allowed}
   */
  T parse(String text);

  /** For error messages and the reference page, such as {@code a number from 1 to 100}. */
  String allowed();

  /** The shortest text that {@link #parse} reads back. */
  String format(T value);
}
