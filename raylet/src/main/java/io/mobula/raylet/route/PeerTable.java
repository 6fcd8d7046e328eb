package io.mobula.raylet.route;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.PacketHeader;
import io.mobula.proto.NodeDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The links to other raylets. The raylet's loop owns it; it is deterministic: events and the time
 * go in, effects come out through {@link PeerEffects} and the links.
 *
 * <h2>How it works</h2>
 *
 * <p>A link is opened with the first packet for a node and kept. Packets wait meanwhile, up to
 * {@link #QUEUE_BYTES_MAX}; a dial that fails is repeated twice. A link that the other side opened
 * is used as well, unless one is open or being opened here: so the packets of one sender to one
 * addressee always take one way and stay in order.
 *
 * <p>Back-pressure: a link can't be told to read less, so a raylet takes what its processes send
 * and the link's own bound counts: a peer that lets {@code maxUnsentBytes} pile up is taken for
 * dead and its link closes. Senders stay below that by the bounds of their own protocols (pipeline
 * depth, chunk windows).
 *
 * <p>When a link breaks while its node lives, what was sent may be lost. Every process that sent
 * over it is told {@code Undeliverable} for every addressee, which the sender takes for that
 * process's death. The next packet opens a new link.
 */
public final class PeerTable {
  static final long QUEUE_BYTES_MAX = 64L << 20;
  static final int DIALS_MAX = 3;
  static final long PAUSE_NANOS = 200_000_000L;

  /** How long packets wait for the GCS to tell of a node. */
  static final long UNKNOWN_NANOS = 3_000_000_000L;

  private final PeerEffects effects;
  private final Map<Integer, Peer> peers = new LinkedHashMap<>();

  /** A table without peers. */
  public PeerTable(PeerEffects effects) {
    this.effects = effects;
  }

  /** The GCS told of a node that is alive. */
  public void nodeAlive(NodeDescription node) {
    Peer peer = peer(node.getNumber());
    peer.description = node;
    if (peer.state == Peer.State.UNKNOWN) {
      peer.deadlineNanos = Long.MAX_VALUE;
      peer.state = Peer.State.IDLE;
      if (!peer.queue.isEmpty()) {
        dial(peer, node);
      }
    }
  }

  /** The node is dead: what waits for it comes back, and so will all that follows. */
  public void nodeDead(int node, String reason) {
    Peer peer = peer(node);
    if (peer.state != Peer.State.DEAD) {
      peer.state = Peer.State.DEAD;
      peer.deadlineNanos = Long.MAX_VALUE;
      Link link = peer.link;
      peer.link = null;
      returnQueue(peer, reason);
      peer.conversations = new Conversations();
      if (link != null) {
        link.close(reason);
      }
    }
  }

  public boolean isDead(int node) {
    Peer peer = peers.get(node);
    return peer != null && peer.state == Peer.State.DEAD;
  }

  /** Sends a packet on its way to a process of another node, or to its raylet. */
  public void send(byte[] packet, long nowNanos) {
    long to = PacketHeader.to(packet);
    Peer peer = peer(ProcessAddress.node(to));
    switch (peer.state) {
      case OPEN -> transmit(peer, packet);
      case DEAD -> effects.undeliverable(packet, "its node is dead");
      case UNKNOWN -> {
        if (peer.queue.isEmpty()) {
          peer.deadlineNanos = nowNanos + UNKNOWN_NANOS;
        }
        enqueue(peer, packet);
      }
      case DIALLING, PAUSING -> enqueue(peer, packet);
      case IDLE -> {
        enqueue(peer, packet);
        NodeDescription description = peer.description;
        if (description != null) {
          dial(peer, description);
        }
      }
    }
  }

  /** A link to the node's raylet is open, whoever opened it. */
  public void opened(int node, Link link) {
    Peer peer = peer(node);
    switch (peer.state) {
      case DEAD -> link.close("this node has been declared dead");
      case OPEN, DIALLING -> {
        // Another way is used or about to be; this one is only read from.
      }
      case UNKNOWN, IDLE, PAUSING -> use(peer, link);
    }
  }

  /** The link that was wanted is open. */
  public void dialled(int node, Link link) {
    Peer peer = peer(node);
    if (peer.state == Peer.State.DIALLING) {
      use(peer, link);
    } else {
      opened(node, link);
    }
  }

  /** The link that was wanted could not be opened. */
  public void dialFailed(int node, String reason, long nowNanos) {
    Peer peer = peer(node);
    if (peer.state != Peer.State.DIALLING) {
      return;
    }
    peer.failedDials++;
    if (peer.failedDials < DIALS_MAX) {
      peer.state = Peer.State.PAUSING;
      peer.deadlineNanos = nowNanos + PAUSE_NANOS;
    } else {
      peer.state = Peer.State.IDLE;
      peer.failedDials = 0;
      returnQueue(peer, "its node can't be reached: " + reason);
    }
  }

  /** A link to or from a peer closed. */
  public void closed(int node, Link link, String reason) {
    Peer peer = peer(node);
    if (peer.state == Peer.State.OPEN && Objects.equals(peer.link, link)) {
      peer.state = peer.description == null ? Peer.State.UNKNOWN : Peer.State.IDLE;
      peer.link = null;
      Conversations lost = peer.conversations;
      peer.conversations = new Conversations();
      for (Map.Entry<Long, Set<Long>> sender : lost.all().entrySet()) {
        for (long to : sender.getValue()) {
          effects.lost(sender.getKey(), to, "the link to its node broke: " + reason);
        }
      }
    }
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} if never. */
  public long nextDeadlineNanos() {
    return peers.values().stream()
        .mapToLong(peer -> peer.deadlineNanos)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Time went on. */
  public void onTime(long nowNanos) {
    for (Map.Entry<Integer, Peer> entry : List.copyOf(peers.entrySet())) {
      Peer peer = entry.getValue();
      if (peer.deadlineNanos > nowNanos) {
        continue;
      }
      peer.deadlineNanos = Long.MAX_VALUE;
      NodeDescription description = peer.description;
      if (peer.state == Peer.State.PAUSING && description != null) {
        dial(peer, description);
      } else if (peer.state == Peer.State.UNKNOWN) {
        peers.remove(entry.getKey());
        returnQueue(peer, "there is no such node");
      }
    }
  }

  private void dial(Peer peer, NodeDescription description) {
    peer.state = Peer.State.DIALLING;
    effects.dial(description);
  }

  private void use(Peer peer, Link link) {
    peer.state = Peer.State.OPEN;
    peer.link = link;
    peer.failedDials = 0;
    peer.deadlineNanos = Long.MAX_VALUE;
    peer.queuedBytes = 0;
    while (!peer.queue.isEmpty()) {
      transmit(peer, peer.queue.removeFirst());
    }
  }

  private void transmit(Peer peer, byte[] packet) {
    Link link = peer.link;
    if (link == null || !link.sendRaw(packet)) {
      effects.undeliverable(packet, "the link to its node broke");
    } else {
      peer.conversations.note(PacketHeader.from(packet), PacketHeader.to(packet));
    }
  }

  private void enqueue(Peer peer, byte[] packet) {
    if (peer.queuedBytes + packet.length > QUEUE_BYTES_MAX) {
      effects.undeliverable(
          packet, "too much waits for a link to its node: bytes=" + peer.queuedBytes);
      return;
    }
    peer.queue.addLast(packet);
    peer.queuedBytes += packet.length;
  }

  private void returnQueue(Peer peer, String reason) {
    List<byte[]> returned = List.copyOf(peer.queue);
    peer.queue.clear();
    peer.queuedBytes = 0;
    returned.forEach(packet -> effects.undeliverable(packet, reason));
  }

  private Peer peer(int node) {
    return peers.computeIfAbsent(node, ignored -> new Peer());
  }
}
