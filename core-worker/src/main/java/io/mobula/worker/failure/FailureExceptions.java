package io.mobula.worker.failure;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectLostException;
import io.mobula.api.RemoteThrowable;
import io.mobula.api.SerializationException;
import io.mobula.api.TaskException;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LossReason;
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
    if (failure.getKind() == FailureKind.OBJECT_LOST) {
      return new ObjectLostException(
          reason(failure.getLossReason()), failure.getMessage(), userException);
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

  private static ObjectLostException.Reason reason(LossReason reason) {
    return switch (reason) {
      case LOSS_UNREFERENCED -> ObjectLostException.Reason.UNREFERENCED;
      case LOSS_FREED -> ObjectLostException.Reason.FREED;
      case LOSS_PUT -> ObjectLostException.Reason.PUT;
      case LOSS_ACTOR_RESULT -> ObjectLostException.Reason.ACTOR_RESULT;
      case LOSS_NO_RETRIES -> ObjectLostException.Reason.NO_RETRIES;
      case LOSS_RETRIES_USED -> ObjectLostException.Reason.RETRIES_USED;
      case LOSS_LINEAGE_DROPPED -> ObjectLostException.Reason.LINEAGE_DROPPED;
      case LOSS_NOT_REMADE -> ObjectLostException.Reason.NOT_REMADE;
      case LOSS_REASON_UNSPECIFIED, UNRECOGNIZED -> ObjectLostException.Reason.UNKNOWN;
    };
  }

  private static ErrorCode code(FailureKind kind) {
    return switch (kind) {
      case TASK_FAILED -> ErrorCode.TASK_FAILED;
      case WORKER_DIED -> ErrorCode.WORKER_DIED;
      case ACTOR_DIED -> ErrorCode.ACTOR_DIED;
      case ACTOR_UNAVAILABLE -> ErrorCode.ACTOR_UNAVAILABLE;
      case OBJECT_LOST -> ErrorCode.OBJECT_LOST;
      case OWNER_DIED -> ErrorCode.OWNER_DIED;
      case OBJECT_UNREACHABLE -> ErrorCode.OBJECT_UNREACHABLE;
      case UNSCHEDULABLE -> ErrorCode.UNSCHEDULABLE;
      case STORE_FULL -> ErrorCode.OBJECT_STORE_FULL;
      case SERIALIZATION -> ErrorCode.SERIALIZATION_FAILED;
      case DEFINITION -> ErrorCode.CLASS_MISSING;
      case UNAUTHENTICATED -> ErrorCode.SECRET_REFUSED;
      case PROTOCOL_VERSION -> ErrorCode.PROTOCOL_MISMATCH;
      case CLUSTER_LOST -> ErrorCode.CLUSTER_LOST;
      case SESSION_CLOSED -> ErrorCode.SESSION_CLOSED;
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
