package io.mobula.gcs;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import io.mobula.proto.Packet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The open links, by the node they lead to, or by the address that a client got. A raylet is a
 * client until it has its number. Owner thread: the GCS's loop.
 */
final class GcsPeers {
  private final Map<Long, Link> clients = new HashMap<>();
  private final Map<Integer, Link> raylets = new HashMap<>();
  private final Map<Link, Integer> nodes = new HashMap<>();
  private int lastClient;

  /** A new address for a peer that has none: node 0. */
  long nextClientAddress() {
    lastClient++;
    return ProcessAddress.of(0, lastClient);
  }

  void addClient(Link link) {
    clients.put(link.peer(), link);
  }

  /**
   * From now on the link leads to the node.
   *
   * @return the link that did before
   */
  Optional<Link> attach(int node, Link link) {
    clients.remove(link.peer(), link);
    nodes.put(link, node);
    Link old = raylets.put(node, link);
    if (old == null || old.equals(link)) {
      return Optional.empty();
    }
    nodes.remove(old);
    return Optional.of(old);
  }

  /** Forgets the link; returns the node that it led to. */
  Optional<Integer> remove(Link link) {
    clients.remove(link.peer(), link);
    Integer node = nodes.remove(link);
    if (node == null) {
      return Optional.empty();
    }
    raylets.remove(node, link);
    return Optional.of(node);
  }

  Optional<Link> client(long address) {
    return Optional.ofNullable(clients.get(address));
  }

  Optional<Link> raylet(int node) {
    return Optional.ofNullable(raylets.get(node));
  }

  Optional<Integer> nodeOf(Link link) {
    return Optional.ofNullable(nodes.get(link));
  }

  /** Sends to a process by way of its raylet, or to a client; false if there is no way. */
  boolean send(Packet packet) {
    long to = packet.getTo();
    int node = ProcessAddress.node(to);
    Link link = node == 0 ? clients.get(to) : raylets.get(node);
    return link != null && link.send(packet);
  }
}
