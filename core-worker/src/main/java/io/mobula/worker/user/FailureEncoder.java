package io.mobula.worker.user;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectStoreFullException;
import io.mobula.api.SerializationException;
import io.mobula.api.SessionClosedException;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.worker.failure.ThrowableText;
import io.mobula.worker.function.RemoteMethod.DefinitionProblem;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.serialization.Encoding;
import io.mobula.worker.serialization.ThrowableCodec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From what was thrown here to a failure that travels, of a few MiB at most. Thread-safe. It may
 * throw, since it runs code of the exception: see {@link Boundary}.
 */
final class FailureEncoder {
  private static final String RESULT_REMEDY =
      "; return what can be sent, such as a record, a list or an array of plain values";

  private final long self;
  private final long pid;
  private final String host;
  private final ThrowableCodec codec;
  private final OwnHandles handles;
  private final Consumer<ObjectEntry> release;

  /**
   * @param release has the loop take a retain away
   */
  FailureEncoder(
      long self,
      long pid,
      String host,
      ThrowableCodec codec,
      OwnHandles handles,
      Consumer<ObjectEntry> release) {
    this.self = self;
    this.pid = pid;
    this.host = host;
    this.codec = codec;
    this.handles = handles;
    this.release = release;
  }

  /** What was thrown while the execution had come so far. */
  Failure of(Boundary.Stage stage, Throwable thrown, String taskName) {
    return switch (thrown) {
      case TaskRunner.ExitRequest exit ->
          describe(FailureKind.ACTOR_DIED, exit.getMessage(), taskName);
      case DefinitionProblem problem ->
          describe(FailureKind.DEFINITION, problem.getMessage(), taskName);
      default ->
          switch (stage) {
            case DEFINITION -> ofDefinition(thrown, taskName);
            case ARGUMENTS -> ofValue("arguments could not be decoded", "", thrown, taskName);
            case METHOD -> encode(thrown, taskName);
            case RESULT -> ofValue("result could not be encoded", RESULT_REMEDY, thrown, taskName);
          };
    };
  }

  /** Where even the description of a failure failed: the class's name says what is left to say. */
  Failure standIn(Class<?> thrown, Class<?> again, String taskName) {
    String text = "(the exception could not be described: " + again.getName() + ")";
    return describe(FailureKind.TASK_FAILED, thrown.getName() + ": " + text, taskName).toBuilder()
        .setExceptionClass(thrown.getName())
        .setExceptionMessage(text)
        .build();
  }

  private Failure ofDefinition(Throwable thrown, String taskName) {
    return describe(
            FailureKind.DEFINITION,
            "the method can't be made ready: task="
                + taskName
                + ", reason="
                + ThrowableText.of(thrown),
            taskName)
        .toBuilder()
        .setStackTrace(ThrowableText.stackTrace(thrown))
        .build();
  }

  /**
   * The user's values did not come in or out.
   *
   * @param remedy what to do if they can't be sent
   */
  private Failure ofValue(String what, String remedy, Throwable thrown, String taskName) {
    if (thrown instanceof OutOfMemoryError) {
      OutOfMemoryError error =
          new OutOfMemoryError(
              "the worker's heap has no room for it: its "
                  + what
                  + ": maxHeapBytes="
                  + Runtime.getRuntime().maxMemory()
                  + ", reason="
                  + ThrowableText.message(thrown));
      error.initCause(thrown);
      return encode(error, taskName);
    }
    FailureKind kind =
        switch (thrown) {
          case SessionClosedException _ -> FailureKind.SERIALIZATION;
          case SerializationException _ -> FailureKind.SERIALIZATION;
          case ObjectStoreFullException _ -> FailureKind.STORE_FULL;
          case MobulaException _ -> FailureKind.INTERNAL;
          default -> FailureKind.SERIALIZATION;
        };
    String reason =
        thrown instanceof MobulaException
            ? String.valueOf(ThrowableText.message(thrown))
            : ThrowableText.of(thrown);
    String text =
        "the task's "
            + what
            + ": task="
            + taskName
            + ", reason=["
            + reason
            + "]"
            + (kind == FailureKind.SERIALIZATION ? remedy : "");
    return describe(kind, text, taskName).toBuilder()
        .setStackTrace(ThrowableText.stackTrace(thrown))
        .build();
  }

  /** What the user's code threw. */
  private Failure encode(Throwable thrown, String taskName) {
    Failure.Builder failure =
        describe(FailureKind.TASK_FAILED, ThrowableText.classAndMessage(thrown), taskName)
            .toBuilder()
            .setExceptionClass(thrown.getClass().getName())
            .setExceptionMessage(String.valueOf(ThrowableText.message(thrown)))
            .setStackTrace(ThrowableText.stackTrace(thrown));
    ContainedReferences contained = new ContainedReferences(handles);
    try {
      Encoding encoded = codec.encode(thrown, contained);
      failure.setException(
          EncodedValue.newBuilder()
              .setKind(encoded.kind().number())
              .setData(UnsafeByteOperations.unsafeWrap(encoded.toByteArray())));
    } finally {
      // References inside an exception are for information: nobody keeps their objects for them.
      contained.entries().forEach(release);
    }
    return failure.build();
  }

  private Failure describe(FailureKind kind, @Nullable String message, String taskName) {
    return Failure.newBuilder()
        .setKind(kind)
        .setMessage(ThrowableText.cut(String.valueOf(message), ThrowableText.MESSAGE_CHARS_MAX))
        .setProcess(self)
        .setPid(pid)
        .setHost(host)
        .setTaskName(taskName)
        .build();
  }
}
