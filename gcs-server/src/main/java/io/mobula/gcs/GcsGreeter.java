package io.mobula.gcs;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.LinkHandler;
import io.mobula.gcs.state.ClusterStateMachine;
import io.mobula.gcs.state.GcsPackets;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeState;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who is let in: commands, raylets that are new, which get a client's address until they have
 * registered, and raylets that were here before, unless their node counts as dead. Owner thread:
 * the GCS's loop.
 */
final class GcsGreeter implements Greeter {
  private final GcsIdentity identity;
  private final GcsPeers peers;
  private final Supplier<ClusterStateMachine> state;
  private final LinkHandler handler;

  /**
   * @param handler of the links of those who are let in
   */
  GcsGreeter(
      GcsIdentity identity,
      GcsPeers peers,
      Supplier<ClusterStateMachine> state,
      LinkHandler handler) {
    this.identity = identity;
    this.peers = peers;
    this.state = state;
    this.handler = handler;
  }

  @Override
  public Answer greet(Hello hello) {
    long address = hello.getAddress();
    return switch (hello.getKind()) {
      case CLIENT -> accept(peers.nextClientAddress());
      case RAYLET -> address == 0 ? accept(peers.nextClientAddress()) : greetAgain(hello);
      case GCS, WORKER, DRIVER, PROCESS_KIND_UNSPECIFIED, UNRECOGNIZED ->
          refuse(
              FailureKind.INVALID,
              "only raylets and commands connect to the GCS: kind="
                  + hello.getKind()
                  + "; give the address of a raylet instead");
    };
  }

  private Answer greetAgain(Hello hello) {
    int number = ProcessAddress.node(hello.getAddress());
    Optional<NodeState> node = state.get().nodes().find(number);
    boolean isAlive =
        ProcessAddress.isRaylet(hello.getAddress())
            && state.get().nodes().findAlive(number).isPresent()
            && node.filter(known -> known.getDescription().getPid() == hello.getPid()).isPresent();
    return isAlive
        ? accept(hello.getAddress())
        : refuse(
            FailureKind.CLUSTER_LOST,
            "the node counts as dead: node="
                + Integer.toUnsignedString(number)
                + ", reason="
                + node.map(NodeState::getDeathReason).orElse("unknown here"));
  }

  private Answer accept(long assigned) {
    return new Answer.Accepted(
        Welcome.newBuilder()
            .setKind(ProcessKind.GCS)
            .setAddress(ProcessAddress.GCS)
            .setAssigned(assigned)
            .setHostId(identity.hostId())
            .setClusterId(identity.clusterId())
            .build(),
        handler);
  }

  private static Answer refuse(FailureKind kind, String message) {
    return new Answer.Refused(GcsPackets.failure(kind, message));
  }
}
