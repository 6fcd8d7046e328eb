package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.PacketHeader;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.ProcessKind;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.route.PeerEffects;
import io.mobula.raylet.route.PeerTable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Links to other raylets: {@link PeerTable}'s effects to dials, and link events to its events.
 * Owner thread: the loop.
 */
final class PeerAdapter implements PeerEffects {
  private static final Logger LOG = System.getLogger(PeerAdapter.class.getName());

  private final NodeIdentity identity;
  private final LoopContext loop;
  private final NodeEdges edges;
  private final PeerTable table;

  /** It needs the peers itself, so it is set once both are there. */
  private @Nullable NodeRouter router;

  PeerAdapter(NodeIdentity identity, Duration peerGrace, LoopContext loop, NodeEdges edges) {
    this.identity = identity;
    this.loop = loop;
    this.edges = edges;
    this.table = new PeerTable(identity.node(), peerGrace.toNanos(), this);
  }

  PeerTable table() {
    return table;
  }

  void forwardTo(NodeRouter target) {
    router = target;
  }

  /** Answers another raylet that dialled. */
  Greeter.Answer greet(Hello hello, NodeGreeting greeting) {
    int node = ProcessAddress.node(hello.getAddress());
    if (!ProcessAddress.isRaylet(hello.getAddress()) || node == identity.node()) {
      return greeting.refuse(FailureKind.INVALID, "not another raylet's address: node=" + node);
    }
    if (table.isDead(node)) {
      return greeting.refuse(FailureKind.INVALID, "this node has been declared dead: node=" + node);
    }
    return greeting.accept(hello.getAddress(), new PeerLink(node, false));
  }

  @Override
  public void dial(NodeDescription node) {
    boolean isSameHost =
        node.getHostId().equals(identity.hostId()) && !node.getRpcSocket().isEmpty();
    Hello hello =
        Hello.newBuilder()
            .setKind(ProcessKind.RAYLET)
            .setAddress(identity.address())
            .setHostId(identity.hostId())
            .build();
    edges.dial(
        isSameHost ? node.getRpcSocket() : node.getRpcAddress(),
        hello,
        new PeerLink(node.getNumber(), true));
  }

  @Override
  public void undeliverable(byte[] packet, String reason) {
    router().returnToSender(packet, reason);
  }

  @Override
  public void givenUp(int node, String reason) {
    LOG.log(Level.WARNING, "node given up: node={0}, reason={1}", node, reason);
  }

  @Override
  public void lost(long from, long to, String reason) {
    router().tellGivenUp(from, to, reason);
  }

  private NodeRouter router() {
    NodeRouter target = router;
    if (target == null) {
      throw new IllegalStateException("peers used before the router is there");
    }
    return target;
  }

  private final class PeerLink implements DialHandler {
    private final int node;
    private final boolean isDialled;

    PeerLink(int node, boolean isDialled) {
      this.node = node;
      this.isDialled = isDialled;
    }

    @Override
    public void onOpen(Link link) {
      if (!isDialled) {
        table.opened(node, link);
      } else if (link.welcome().getClusterId() == identity.clusterId()
          && link.peer() == ProcessAddress.of(node, 0)) {
        table.dialled(node, link);
      } else {
        table.dialFailed(node, "somebody else answers at its address", loop.nowNanos());
        link.close("not the node that was dialled: node=" + node);
      }
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      if (!table.accept(node, link, packet)) {
        return;
      }
      boolean isOwn =
          PacketHeader.isWellFormed(packet)
              && ProcessAddress.node(PacketHeader.from(packet)) == node
              && ProcessAddress.node(PacketHeader.to(packet)) == identity.node();
      if (isOwn) {
        router().forward(packet);
      } else {
        LOG.log(Level.WARNING, "packet of a peer with strange addresses dropped: node={0}", node);
      }
    }

    @Override
    public void onClosed(Link link, String reason) {
      LOG.log(Level.DEBUG, "link to a peer closed: node={0}, reason={1}", node, reason);
      table.closed(node, link, loop.nowNanos());
    }

    @Override
    public void onRefused(Failure failure) {
      LOG.log(
          Level.DEBUG, "peer can''t be dialled: node={0}, reason={1}", node, failure.getMessage());
      table.dialFailed(node, failure.getMessage(), loop.nowNanos());
    }
  }
}
