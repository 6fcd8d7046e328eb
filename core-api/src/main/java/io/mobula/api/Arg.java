package io.mobula.api;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * An argument of a remote call: a value, or a ref whose value is fetched before the method runs.
 * Generated stubs have an overload with {@code Arg}s, so that values and refs can be mixed: {@code
 * AppRemote.add(ref, Arg.of(1))}.
 *
 * @param <T> the type of the value
 */
public sealed interface Arg<T extends @Nullable Object> permits Arg.Value, ObjectRef {
  /**
   * Wraps a value.
   *
   * @param value the value, passed as it is even if it is a ref
   * @param <T> the type of the value
   * @return the argument
   */
  static <T extends @Nullable Object> Arg<T> of(T value) {
    return new Value<>(value);
  }

  /**
   * An argument that is a value.
   *
   * @param value the value
   * @param <T> the type of the value
   */
  record Value<T extends @Nullable Object>(T value) implements Arg<T>, Serializable {}
}
