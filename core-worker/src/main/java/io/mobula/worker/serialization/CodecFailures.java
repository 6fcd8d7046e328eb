package io.mobula.worker.serialization;

import io.mobula.api.ErrorCode;
import io.mobula.api.SerializationException;
import io.mobula.worker.failure.ThrowableText;
import org.jspecify.annotations.Nullable;

/** The failures of the codec, worded in one place. Stateless. */
final class CodecFailures {
  private CodecFailures() {}

  static SerializationException refused(String path, Class<?> type, String reason, String remedy) {
    return new SerializationException(
        ErrorCode.SERIALIZATION_FAILED,
        "cannot serialize "
            + path
            + " ("
            + Platform.fullName(type)
            + "): "
            + reason
            + "; "
            + remedy,
        path,
        null);
  }

  static SerializationException tooDeep(String path) {
    return new SerializationException(
        ErrorCode.SERIALIZATION_FAILED,
        "cannot serialize "
            + path
            + ": the value is nested too deeply for this thread's stack;"
            + " keep long chains in a list or an array",
        path,
        null);
  }

  static SerializationException codeFailed(String path, Throwable cause) {
    return new SerializationException(
        ErrorCode.SERIALIZATION_FAILED,
        "cannot serialize "
            + path
            + ": its class failed while it was written: "
            + ThrowableText.of(cause),
        path,
        cause);
  }

  static SerializationException tooLarge(String what) {
    return new SerializationException(ErrorCode.SERIALIZATION_FAILED, what, null, null);
  }

  static SerializationException unreadable(String what, @Nullable Throwable cause) {
    return new SerializationException(
        ErrorCode.DESERIALIZATION_FAILED, "cannot deserialize: " + what, null, cause);
  }

  static SerializationException missingClass(String name, ClassLoader loader, Throwable cause) {
    return unreadable(
        "class "
            + name
            + " is missing here: loader="
            + loader
            + "; put it on the class path of the driver, or in a jar of the runtime environment",
        cause);
  }
}
