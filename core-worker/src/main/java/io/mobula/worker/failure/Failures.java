package io.mobula.worker.failure;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ProcessDied;

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

  /** A task whose worker died once too often. */
  public static Failure workerDied(String taskName, int attempts, ProcessDied death) {
    return of(
            FailureKind.WORKER_DIED,
            "the worker died while the task was running or waiting there: task="
                + taskName
                + ", worker="
                + ProcessAddress.describe(death.getAddress())
                + ", pid="
                + death.getPid()
                + ", host="
                + death.getHostName()
                + ", reason="
                + death.getReason()
                + ", attempts="
                + attempts
                + "; raise maxRetries to try again more often")
        .toBuilder()
        .setProcess(death.getAddress())
        .setPid(death.getPid())
        .setHost(death.getHostName())
        .setTaskName(taskName)
        .build();
  }
}
