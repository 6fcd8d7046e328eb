package io.mobula.raylet.node;

import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.LinkHandler;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;

/** The answers of this node to those who dial it. Immutable. */
record NodeGreeting(NodeIdentity identity) {
  Greeter.Answer accept(long assigned, LinkHandler handler) {
    return new Greeter.Answer.Accepted(
        Welcome.newBuilder()
            .setKind(ProcessKind.RAYLET)
            .setAddress(identity.address())
            .setAssigned(assigned)
            .setHostId(identity.hostId())
            .setNodeDirectory(identity.nodeDirectory())
            .setStorePath(identity.storePath())
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
