package io.mobula.worker.failure;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LossReason;

/** Why an object is lost for good, in words, with what to do about it. */
public final class LossFailures {
  private static final String LOST = "all copies of the object are lost, and ";

  private LossFailures() {}

  /** An object that its owner no longer has. */
  public static Failure unreferenced(ObjectKey key) {
    return of(
        LossReason.LOSS_UNREFERENCED,
        "the owner has freed the object: no reference to it was left there: object="
            + key
            + ", owner="
            + ProcessAddress.describe(key.owner()));
  }

  /** An object that the program freed. */
  public static Failure freed(ObjectKey key) {
    return of(
        LossReason.LOSS_FREED,
        "the object was freed by free(): object="
            + key
            + "; free an object only when nobody reads it any more");
  }

  /** A lost object that was put. */
  public static Failure put(ObjectKey key) {
    return of(
        LossReason.LOSS_PUT,
        LOST
            + "it was put, so no task can make it again: object="
            + key
            + "; put it again, or have a task return it");
  }

  /** A lost object that an actor's method returned. */
  public static Failure actorResult(ObjectKey key) {
    return of(
        LossReason.LOSS_ACTOR_RESULT,
        LOST
            + "an actor's method returned it, and calls of actors are not repeated: object="
            + key
            + "; call the method again, or have a task return it");
  }

  /** A lost object whose task must not run twice. */
  public static Failure noRetries(ObjectKey key) {
    return of(
        LossReason.LOSS_NO_RETRIES,
        LOST
            + "its task must not run twice: object="
            + key
            + ", maxRetries=0; raise maxRetries if it may");
  }

  /** A lost object whose task has run often enough. */
  public static Failure retriesUsed(ObjectKey key, String taskName, int attempts) {
    return of(
            LossReason.LOSS_RETRIES_USED,
            LOST
                + "its task has run as often as it may: object="
                + key
                + ", task="
                + taskName
                + ", attempts="
                + attempts
                + ", maxRetries="
                + (attempts - 1)
                + "; raise maxRetries to have it made again more often")
        .toBuilder()
        .setTaskName(taskName)
        .build();
  }

  /** A lost object of which this process no longer knows how it was made. */
  public static Failure lineageDropped(ObjectKey key, long lineageBytesMax) {
    return of(
        LossReason.LOSS_LINEAGE_DROPPED,
        LOST
            + "what is needed to run its task again was dropped to save memory: object="
            + key
            + ", lineageBytesMax="
            + lineageBytesMax
            + "; keep fewer references at a time, or raise driver.lineage-bytes");
  }

  /** A lost object whose task could not be run again. */
  public static Failure notRemade(ObjectKey key, String taskName, Failure why) {
    return of(
            LossReason.LOSS_NOT_REMADE,
            LOST
                + "its task could not run again: object="
                + key
                + ", task="
                + taskName
                + ", reason=["
                + why.getMessage()
                + "]")
        .toBuilder()
        .setTaskName(taskName)
        .build();
  }

  private static Failure of(LossReason reason, String message) {
    return Failure.newBuilder()
        .setKind(FailureKind.OBJECT_LOST)
        .setLossReason(reason)
        .setMessage(message)
        .build();
  }
}
