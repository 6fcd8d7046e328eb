package io.mobula.worker.serialization;

import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One row of the conformance table. Public for the rows that a child class loader defines.
 *
 * @param name what it shows
 * @param value the value to send
 * @param isSame whether what arrived is as good as the value
 */
public record Sample(String name, @Nullable Object value, BiPredicate<Object, Object> isSame) {
  /** A value that must arrive as an equal one of the same class. */
  public static Sample equal(String name, @Nullable Object value) {
    return new Sample(
        name, value, (a, b) -> a.getClass() == b.getClass() && Objects.deepEquals(a, b));
  }

  /** A value that must arrive as an equal one, of another class perhaps. */
  public static Sample equalOnly(String name, Object value) {
    return new Sample(name, value, Objects::deepEquals);
  }

  /** A value without equals: of the same class, and alike in what {@code view} shows. */
  @SuppressWarnings("unchecked")
  public static <T> Sample alike(String name, T value, Function<T, ?> view) {
    return new Sample(
        name,
        value,
        (a, b) ->
            a.getClass() == b.getClass()
                && Objects.deepEquals(view.apply((T) a), view.apply((T) b)));
  }

  /** A value whose copy alone is judged. */
  @SuppressWarnings("unchecked")
  public static <T> Sample such(String name, T value, java.util.function.Predicate<T> isGood) {
    return new Sample(name, value, (a, b) -> isGood.test((T) b));
  }

  boolean passes(@Nullable Object copy) {
    if (value == null || copy == null) {
      return value == null && copy == null;
    }
    return isSame.test(value, copy);
  }

  @Override
  public String toString() {
    return name;
  }
}
