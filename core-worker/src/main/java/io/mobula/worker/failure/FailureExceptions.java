package io.mobula.worker.failure;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.RemoteThrowable;
import io.mobula.api.SerializationException;
import io.mobula.api.TaskException;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From a failure on the wire to the exception that the user catches. Pure. */
public final class FailureExceptions {
  private FailureExceptions() {}

  /**
   * @param userException the decoded exception of a task, null if it has none or it can't be
   *     decoded here
   */
  public static MobulaException toException(Failure failure, @Nullable Throwable userException) {
    if (failure.getKind() == FailureKind.TASK_FAILED) {
      return new TaskException(
          failure.getTaskName(),
          ProcessAddress.describe(ProcessAddress.rayletOf(failure.getProcess())),
          failure.getPid(),
          failure.getStackTrace(),
          userException == null ? standIn(failure) : userException);
    }
    if (failure.getKind() == FailureKind.SERIALIZATION) {
      return new SerializationException(
          ErrorCode.SERIALIZATION_FAILED, failure.getMessage(), null, userException);
    }
    if (failure.getKind() == FailureKind.ACTOR_DIED && failure.hasException()) {
      return MobulaException.of(
          ErrorCode.ACTOR_CREATION_FAILED, failure.getMessage(), userException);
    }
    return MobulaException.of(code(failure.getKind()), failure.getMessage(), userException);
  }

  /** As {@link #toException}, for a link that never opened: nothing can be lost yet. */
  public static MobulaException ofDial(Failure failure) {
    return failure.getKind() == FailureKind.CLUSTER_LOST
        ? MobulaException.of(ErrorCode.CLUSTER_UNREACHABLE, failure.getMessage(), null)
        : toException(failure, null);
  }

  private static ErrorCode code(FailureKind kind) {
    return switch (kind) {
      case TASK_FAILED -> ErrorCode.TASK_FAILED;
      case WORKER_DIED -> ErrorCode.WORKER_DIED;
      case ACTOR_DIED -> ErrorCode.ACTOR_DIED;
      case ACTOR_UNAVAILABLE -> ErrorCode.ACTOR_UNAVAILABLE;
      case OBJECT_LOST -> ErrorCode.OBJECT_LOST;
      case OWNER_DIED -> ErrorCode.OWNER_DIED;
      case UNSCHEDULABLE -> ErrorCode.UNSCHEDULABLE;
      case STORE_FULL -> ErrorCode.OBJECT_STORE_FULL;
      case SERIALIZATION -> ErrorCode.SERIALIZATION_FAILED;
      case DEFINITION -> ErrorCode.CLASS_MISSING;
      case UNAUTHENTICATED -> ErrorCode.SECRET_REFUSED;
      case PROTOCOL_VERSION -> ErrorCode.PROTOCOL_MISMATCH;
      case CLUSTER_LOST -> ErrorCode.CLUSTER_LOST;
      case NAME_TAKEN -> ErrorCode.ACTOR_NAME_TAKEN;
      case WORKER_START_FAILED -> ErrorCode.WORKER_DIED;
      case INVALID -> ErrorCode.OPTION_INVALID;
      case NOT_FOUND, INTERNAL, FAILURE_KIND_UNSPECIFIED, UNRECOGNIZED -> ErrorCode.INTERNAL;
    };
  }

  private static Throwable standIn(Failure failure) {
    return new RemoteThrowable(
        failure.getExceptionClass(),
        failure.getExceptionMessage(),
        new StackTraceElement[0],
        null,
        List.of());
  }
}
