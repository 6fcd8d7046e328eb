package io.mobula.worker.failure;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.WorkerEnd;

/** The failures that the core worker itself finds, in words. */
public final class Failures {
  private Failures() {}

  public static Failure of(FailureKind kind, String message) {
    return Failure.newBuilder().setKind(kind).setMessage(message).build();
  }

  /** An object whose owner died before its value was here. */
  public static Failure ownerDied(ObjectKey key, String reason) {
    return of(
        FailureKind.OWNER_DIED,
        "the process that made the object is gone, and the object with it: object="
            + key
            + ", owner="
            + ProcessAddress.describe(key.owner())
            + ", reason="
            + reason);
  }

  /** An object of which its owner has a copy where this node found none, again and again. */
  public static Failure outOfReach(Failure notFound) {
    return notFound.toBuilder().setKind(FailureKind.OBJECT_UNREACHABLE).build();
  }

  /** A task whose arguments no worker could get, however often it was tried. */
  public static Failure argumentOutOfReach(String taskName, String reason) {
    return of(
            FailureKind.OBJECT_UNREACHABLE,
            "the task has not run, since an argument could not be brought to its worker: task="
                + taskName
                + ", last=["
                + reason
                + "]; submit it again")
        .toBuilder()
        .setTaskName(taskName)
        .build();
  }

  /**
   * A task whose worker died once too often.
   *
   * @param excused attempts beside others, which are not among those
   * @param company who else was in the worker, in words
   */
  public static Failure workerDied(
      String taskName, int attempts, int excused, WorkerEnd end, String company) {
    StringBuilder message =
        new StringBuilder("the worker died that the task was given to: task=")
            .append(taskName)
            .append(", worker=")
            .append(ProcessAddress.describe(end.getWorker()))
            .append(", pid=")
            .append(end.getPid())
            .append(", host=")
            .append(end.getHostName())
            .append(", reason=")
            .append(end.getReason())
            .append(", attempts=")
            .append(attempts);
    if (excused > 0) {
      message.append(" (and ").append(excused).append(" beside other tasks, which is not counted)");
    }
    message.append("; ").append(company);
    if (end.getLastLinesCount() > 0) {
      message.append("; its last words: ").append(String.join(" | ", end.getLastLinesList()));
    }
    message.append("; raise maxRetries if it may run more often");
    return of(FailureKind.WORKER_DIED, message.toString()).toBuilder()
        .setProcess(end.getWorker())
        .setPid(end.getPid())
        .setHost(end.getHostName())
        .setTaskName(taskName)
        .build();
  }
}
