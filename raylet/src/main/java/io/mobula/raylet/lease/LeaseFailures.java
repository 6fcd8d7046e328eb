package io.mobula.raylet.lease;

import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;

/** Why requests are refused: each message names the request and what to do about it. */
final class LeaseFailures {
  private LeaseFailures() {}

  static Failure of(FailureKind kind, String message, LeaseRequest request) {
    return Failure.newBuilder()
        .setKind(kind)
        .setMessage(message)
        .setTaskName(request.name())
        .build();
  }

  static Failure unschedulable(LeaseRequest request, NodeView largest) {
    return of(
        FailureKind.UNSCHEDULABLE,
        "no node can ever run it: name="
            + request.name()
            + ", asks for "
            + request.resources()
            + "; the largest node ("
            + largest.hostName()
            + ") has "
            + largest.total()
            + " in all; ask for less, or have a node with as much (numCpus, memoryBytes, resources"
            + " of Mobula.init; mobula start --num-cpus, --memory, --resources)",
        request);
  }

  static Failure jobEnded(LeaseRequest request) {
    return of(
        FailureKind.SESSION_CLOSED,
        "the job has ended: job=" + request.job() + ", name=" + request.name(),
        request);
  }

  static Failure queueFull(LeaseRequest request, int waitingMax) {
    return of(
        FailureKind.INVALID,
        "too many lease requests wait on this node: waiting="
            + waitingMax
            + ", name="
            + request.name()
            + "; wait for some results before submitting more",
        request);
  }
}
