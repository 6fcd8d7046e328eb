package io.mobula.raylet.node;

import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.LinkHandler;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;

/** The answers of this node to those who dial it. Immutable. */
record NodeGreeting(NodeIdentity identity) {
  /** Lets in somebody who doesn't use the store. */
  Greeter.Answer accept(long assigned, LinkHandler handler) {
    return accept(assigned, 0, handler);
  }

  /**
   * Lets a process in.
   *
   * @param holdTable its hold table's number plus one, or 0
   */
  Greeter.Answer accept(long assigned, int holdTable, LinkHandler handler) {
    return new Greeter.Answer.Accepted(
        Welcome.newBuilder()
            .setKind(ProcessKind.RAYLET)
            .setAddress(identity.address())
            .setAssigned(assigned)
            .setHostId(identity.hostId())
            .setNodeDirectory(identity.nodeDirectory())
            .setStorePath(identity.storePath())
            .setHoldTable(holdTable)
            .setClusterId(identity.clusterId())
            .build(),
        handler);
  }

  Greeter.Answer refuse(FailureKind kind, String message) {
    return new Greeter.Answer.Refused(
        Failure.newBuilder()
            .setKind(kind)
            .setMessage(message)
            .setProcess(identity.address())
            .setHost(identity.hostName())
            .build());
  }
}
