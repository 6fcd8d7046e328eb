package io.mobula.arrow;

import io.mobula.api.ErrorCode;
import io.mobula.api.SerializationException;
import org.jspecify.annotations.Nullable;

/** What is thrown for a batch that can't be a value, and a value that is no batch. Stateless. */
final class ArrowFailures {
  private ArrowFailures() {}

  /**
   * @param what {@code name=value, …: what to do}
   * @param field the field that it is about, if it is about one
   */
  static SerializationException unsendable(String what, @Nullable String field) {
    return new SerializationException(
        ErrorCode.SERIALIZATION_FAILED, "Arrow batch can't be sent: " + what, field, null);
  }

  /**
   * @param what {@code name=value, …}
   */
  static SerializationException unreadable(String what) {
    return unreadable(what, null);
  }

  static SerializationException unreadable(String what, @Nullable Throwable cause) {
    return new SerializationException(
        ErrorCode.DESERIALIZATION_FAILED, "not a readable Arrow batch: " + what, null, cause);
  }
}
