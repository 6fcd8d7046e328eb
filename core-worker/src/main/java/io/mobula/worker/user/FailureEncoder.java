package io.mobula.worker.user;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectStoreFullException;
import io.mobula.api.SerializationException;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.serialization.Encoding;
import io.mobula.worker.serialization.ThrowableCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** From what was thrown here to a failure that travels. Thread-safe. */
final class FailureEncoder {
  /** Longer stack traces are cut: they are for reading. */
  private static final int STACK_CHARS_MAX = 64 << 10;

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

  /** What the user's code threw. */
  Failure encode(Throwable thrown, String taskName) {
    ContainedReferences contained = new ContainedReferences(handles);
    Encoding encoded = codec.encode(thrown, contained);
    // References inside an exception are for information: nobody keeps their objects for them.
    contained.entries().forEach(release);
    return describe(
            FailureKind.TASK_FAILED,
            thrown.getClass().getName() + ": " + thrown.getMessage(),
            taskName)
        .toBuilder()
        .setException(
            EncodedValue.newBuilder()
                .setKind(encoded.kind().number())
                .setData(UnsafeByteOperations.unsafeWrap(encoded.toByteArray())))
        .setExceptionClass(thrown.getClass().getName())
        .setExceptionMessage(String.valueOf(thrown.getMessage()))
        .setStackTrace(stackTrace(thrown))
        .build();
  }

  /** What Mobula itself found wrong while it decoded arguments or stored a result. */
  Failure encodeOwn(MobulaException thrown, String taskName) {
    FailureKind kind =
        switch (thrown) {
          case SerializationException _ -> FailureKind.SERIALIZATION;
          case ObjectStoreFullException _ -> FailureKind.STORE_FULL;
          default -> FailureKind.INTERNAL;
        };
    return describe(kind, thrown.getMessage(), taskName).toBuilder()
        .setStackTrace(stackTrace(thrown))
        .build();
  }

  Failure describe(FailureKind kind, @Nullable String message, String taskName) {
    return Failure.newBuilder()
        .setKind(kind)
        .setMessage(String.valueOf(message))
        .setProcess(self)
        .setPid(pid)
        .setHost(host)
        .setTaskName(taskName)
        .build();
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.getBuffer().length() > STACK_CHARS_MAX
        ? text.getBuffer().substring(0, STACK_CHARS_MAX) + "\n\t… cut"
        : text.toString();
  }
}
