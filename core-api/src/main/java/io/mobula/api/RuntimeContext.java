package io.mobula.api;

import java.util.Objects;
import java.util.Optional;

/**
 * Where the calling code runs: what {@link Mobula#context} returns. In a driver there is no task
 * and no actor.
 *
 * @param jobId the job: one run of a driver
 * @param nodeId the node that this process runs on
 * @param workerId this process
 * @param namespace the namespace in which actors are named and looked up unless told otherwise
 * @param taskId the running task or actor call
 * @param taskName its name
 * @param actorId the actor that runs it
 * @param actorName the actor's name, if it has one
 * @param wasActorRestarted whether the actor lost its state to a restart before
 */
public record RuntimeContext(
    String jobId,
    String nodeId,
    String workerId,
    String namespace,
    Optional<String> taskId,
    Optional<String> taskName,
    Optional<String> actorId,
    Optional<String> actorName,
    boolean wasActorRestarted) {
  /** Checks. */
  public RuntimeContext {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(nodeId, "nodeId");
    Objects.requireNonNull(workerId, "workerId");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(taskId, "taskId");
    Objects.requireNonNull(taskName, "taskName");
    Objects.requireNonNull(actorId, "actorId");
    Objects.requireNonNull(actorName, "actorName");
  }
}
