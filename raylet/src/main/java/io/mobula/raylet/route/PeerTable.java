package io.mobula.raylet.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.PacketHeader;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.Packet;
import io.mobula.proto.StreamBegin;
import io.mobula.proto.StreamReceived;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The ways to other raylets. The raylet's loop owns it; it is deterministic: events and the time go
 * in, effects come out through {@link PeerEffects} and the links.
 *
 * <h2>How it works</h2>
 *
 * <p>Between two raylets packets arrive once and in order, over however many links: each side keeps
 * what it sent until the other says that it has it ({@link OutgoingStream}), and drops what comes
 * twice ({@link IncomingStream}). On each link that a side begins to use, it says first with which
 * number it goes on:
 *
 * <pre>
 *   A                                             B
 *   StreamBegin(epoch 1, beginning 1, first 1)  →
 *   1 2 3 4 5                                   →  has 1 2 3, then the link breaks
 *   StreamBegin(epoch 1, beginning 2, first 1)  →
 *   1 2 3 4 5 6                                 →  drops 1 2 3, takes 4 5 6
 *                                               ←  StreamReceived(epoch 1, 6), in time
 * </pre>
 *
 * <p>A link is opened with the first packet for a node and kept. A link that the other side opened
 * is used as well, unless one is open or being opened here; so each direction uses one link. One
 * that breaks is opened anew at once if anything is kept, and a dial that fails is repeated, with
 * pauses, for {@link #NEW_NANOS} if there never was a link and for the grace if there was.
 *
 * <p><b>Giving up.</b> After that, or when more than {@link #KEPT_BYTES_MAX} are kept, this side
 * gives the other up: who sent is told {@code Undeliverable} for every addressee, which it treats
 * as that process's death, and both streams start anew under a higher epoch. The other side learns
 * of it by the first StreamBegin with that epoch, and gives up as well, so that no process is dead
 * for its partner and takes the partner for alive. If it had given up before by itself, and nothing
 * has come through since, it only takes the higher epoch: what waits is of a new conversation. A
 * node that the GCS declares dead is not given up: its death is told by others; only what no link
 * ever carried comes back.
 *
 * <p>Back-pressure: a link can't be told to read less, so a raylet takes what its processes send.
 * They stay below the bound by those of their own protocols (pipeline depth, chunk windows).
 */
public final class PeerTable {
  static final long KEPT_BYTES_MAX = 256L << 20;
  static final long PAUSE_NANOS = 200_000_000L;
  static final long PAUSE_NANOS_MAX = 2_000_000_000L;

  /** How long a node is dialled that there never was a link to. */
  static final long NEW_NANOS = 3_000_000_000L;

  /** How long packets wait for the GCS to tell of a node. */
  static final long UNKNOWN_NANOS = 3_000_000_000L;

  private final int self;
  private final long graceNanos;
  private final PeerEffects effects;
  private final Map<Integer, Peer> peers = new LinkedHashMap<>();

  /**
   * A table without peers.
   *
   * @param self this node's number
   * @param graceNanos how long a node is dialled that there was a link to: if it is dead, the GCS
   *     tells earlier
   */
  public PeerTable(int self, long graceNanos, PeerEffects effects) {
    this.self = self;
    this.graceNanos = graceNanos;
    this.effects = effects;
  }

  /** The GCS told of a node that is alive. */
  public void nodeAlive(NodeDescription node, long nowNanos) {
    Peer peer = peer(node.getNumber());
    peer.description = node;
    if (peer.state == Peer.State.UNKNOWN) {
      peer.deadlineNanos = Long.MAX_VALUE;
      peer.state = Peer.State.IDLE;
      if (!peer.outgoing.isEmpty()) {
        dial(peer, node, nowNanos);
      }
    }
  }

  /** The node is dead: what waits for it comes back, and so will all that follows. */
  public void nodeDead(int node, String reason) {
    Peer peer = peer(node);
    if (peer.state == Peer.State.DEAD) {
      return;
    }
    peer.state = Peer.State.DEAD;
    peer.deadlineNanos = Long.MAX_VALUE;
    Link link = peer.link;
    Link accepted = peer.accepted;
    peer.link = null;
    peer.accepted = null;
    peer.incoming.reset();
    peer.conversations = new Conversations();
    List<byte[]> returned = peer.outgoing.reset();
    if (link != null) {
      link.close(reason);
    }
    if (accepted != null) {
      accepted.close(reason);
    }
    returned.forEach(packet -> effects.undeliverable(packet, reason));
  }

  public boolean isDead(int node) {
    Peer peer = peers.get(node);
    return peer != null && peer.state == Peer.State.DEAD;
  }

  /** Sends a packet on its way to a process of another node, or to its raylet. */
  public void send(byte[] packet, long nowNanos) {
    long to = PacketHeader.to(packet);
    Peer peer = peer(ProcessAddress.node(to));
    if (peer.state == Peer.State.DEAD) {
      effects.undeliverable(packet, "its node is dead");
      return;
    }
    peer.conversations.note(PacketHeader.from(packet), to);
    peer.outgoing.add(packet);
    Link link = peer.link;
    if (link != null) {
      peer.outgoing.handOver(link);
    }
    if (peer.outgoing.keptBytes() > KEPT_BYTES_MAX) {
      giveUp(peer, "too much waits for its node: bytes=" + peer.outgoing.keptBytes());
    } else {
      want(peer, nowNanos);
    }
  }

  /** A link to this node is open, which the other side wanted. */
  public void opened(int node, Link link) {
    Peer peer = peer(node);
    if (peer.state == Peer.State.DEAD) {
      link.close("this node has been declared dead");
      return;
    }
    peer.accepted = link;
    switch (peer.state) {
      case UNKNOWN, IDLE, PAUSING -> use(peer, link);
      // Another way is used or about to be; this one is only read from.
      case OPEN, DIALLING, DEAD -> {}
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
    Link accepted = peer.accepted;
    if (accepted != null) {
      use(peer, accepted);
      return;
    }
    long patienceNanos = peer.hasBeenLinked() ? graceNanos : Math.min(graceNanos, NEW_NANOS);
    if (nowNanos - peer.wantedSinceNanos < patienceNanos) {
      peer.state = Peer.State.PAUSING;
      peer.deadlineNanos =
          nowNanos + Math.min(PAUSE_NANOS << Math.min(peer.failedDials, 8), PAUSE_NANOS_MAX);
      peer.failedDials++;
    } else {
      rest(peer);
      giveUp(peer, "its node can't be reached: " + reason);
    }
  }

  /** A link to or from a peer closed. */
  public void closed(int node, Link link, long nowNanos) {
    Peer peer = peer(node);
    peer.incoming.ended(link);
    if (Objects.equals(peer.accepted, link)) {
      peer.accepted = null;
    }
    if (peer.state == Peer.State.OPEN && Objects.equals(peer.link, link)) {
      Link accepted = peer.accepted;
      if (accepted != null) {
        use(peer, accepted);
      } else {
        rest(peer);
        want(peer, nowNanos);
      }
    }
  }

  /**
   * A packet came over a link from a peer's raylet.
   *
   * @return whether it is to be passed on: it is of some process, and did not come before
   */
  public boolean accept(int node, Link link, byte[] packet) {
    Peer peer = peer(node);
    if (peer.state == Peer.State.DEAD) {
      return false;
    }
    if (PeerBody.isOfTable(packet)) {
      onStreamPacket(peer, link, packet);
      return false;
    }
    boolean isNew = peer.incoming.accept(link, packet.length);
    if (isNew) {
      peer.receivedEpoch = peer.epoch;
    }
    if (peer.incoming.isAcknowledgementDue()) {
      acknowledge(peer, link);
    }
    return isNew;
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
    for (Peer peer : List.copyOf(peers.values())) {
      if (peer.deadlineNanos > nowNanos) {
        continue;
      }
      peer.deadlineNanos = Long.MAX_VALUE;
      NodeDescription description = peer.description;
      if (peer.state == Peer.State.PAUSING && description != null) {
        dial(peer, description, nowNanos);
      } else if (peer.state == Peer.State.UNKNOWN) {
        if (!peer.hasBeenLinked()) {
          peers.remove(peer.node);
        }
        giveUp(peer, "there is no such node");
      }
    }
  }

  /**
   * The nodes for which more is kept than for one that is quiet, with the bytes. At {@link
   * #KEPT_BYTES_MAX} such a node is given up.
   */
  public Map<Integer, Long> backlogs() {
    Map<Integer, Long> backlogs = new LinkedHashMap<>();
    for (Peer peer : peers.values()) {
      if (peer.outgoing.keptBytes() > IncomingStream.UNACKNOWLEDGED_BYTES_MAX) {
        backlogs.put(peer.node, peer.outgoing.keptBytes());
      }
    }
    return backlogs;
  }

  /** Bytes that wait for a peer, or for its word that it has them. For checks of bounds. */
  long keptBytes(int node) {
    return peer(node).outgoing.keptBytes();
  }

  private void onStreamPacket(Peer peer, Link link, byte[] bytes) {
    try {
      Packet packet = Packet.parseFrom(bytes);
      if (packet.hasStreamBegin()) {
        onBegin(peer, link, packet.getStreamBegin());
      } else {
        onReceived(peer, link, packet.getStreamReceived());
      }
    } catch (InvalidProtocolBufferException e) {
      link.close("a packet can't be parsed: " + e.getMessage());
    }
  }

  private void onBegin(Peer peer, Link link, StreamBegin begin) {
    if (begin.getEpoch() < peer.epoch) {
      // It has been given up and does not know; it will, by the beginning sent to it.
      return;
    }
    if (begin.getEpoch() > peer.epoch && isUnheard(peer, begin)) {
      adopt(peer, begin.getEpoch());
    } else if (begin.getEpoch() > peer.epoch) {
      giveUp(peer, begin.getEpoch(), "its node could not reach this one, and gave it up");
    }
    if (peer.incoming.wouldMiss(begin.getFirst())) {
      giveUp(peer, "packets from its node are missing: first=" + begin.getFirst());
    } else if (peer.incoming.begin(link, begin.getBeginning(), begin.getFirst())) {
      acknowledge(peer, link);
    }
  }

  /**
   * Whether nothing of this side's epoch was taken by either. Then both gave the other up, the
   * other more often, or later.
   */
  private static boolean isUnheard(Peer peer, StreamBegin begin) {
    return begin.getReceivedEpoch() < peer.epoch
        && peer.receivedEpoch < peer.epoch
        && !peer.outgoing.isAcknowledged();
  }

  /** Goes on under the other side's epoch with all that was sent since this side gave it up. */
  private void adopt(Peer peer, long epoch) {
    peer.epoch = epoch;
    peer.incoming.reset();
    peer.outgoing.rewind();
    Link link = peer.link;
    if (link != null) {
      begin(peer, link);
    }
  }

  private static void onReceived(Peer peer, Link link, StreamReceived received) {
    if (received.getEpoch() == peer.epoch && !peer.outgoing.acknowledge(received.getCount())) {
      link.close("more packets acknowledged than were sent: count=" + received.getCount());
    }
  }

  private void acknowledge(Peer peer, Link link) {
    link.send(
        packetTo(peer)
            .setStreamReceived(
                StreamReceived.newBuilder()
                    .setEpoch(peer.epoch)
                    .setCount(peer.incoming.acknowledge()))
            .build());
  }

  /** Sees to it that what is kept gets a link. */
  private void want(Peer peer, long nowNanos) {
    if (peer.outgoing.isEmpty()) {
      return;
    }
    NodeDescription description = peer.description;
    if (peer.state == Peer.State.IDLE && description != null) {
      dial(peer, description, nowNanos);
    } else if (peer.state == Peer.State.UNKNOWN && peer.deadlineNanos == Long.MAX_VALUE) {
      peer.deadlineNanos = nowNanos + UNKNOWN_NANOS;
    }
  }

  private void dial(Peer peer, NodeDescription description, long nowNanos) {
    if (peer.wantedSinceNanos == Long.MIN_VALUE) {
      peer.wantedSinceNanos = nowNanos;
    }
    peer.state = Peer.State.DIALLING;
    effects.dial(description);
  }

  private void use(Peer peer, Link link) {
    peer.state = Peer.State.OPEN;
    peer.link = link;
    peer.failedDials = 0;
    peer.wantedSinceNanos = Long.MIN_VALUE;
    peer.deadlineNanos = Long.MAX_VALUE;
    begin(peer, link);
  }

  /** No link is there, and none is tried. */
  private static void rest(Peer peer) {
    peer.state = peer.description == null ? Peer.State.UNKNOWN : Peer.State.IDLE;
    peer.link = null;
    peer.failedDials = 0;
    peer.wantedSinceNanos = Long.MIN_VALUE;
  }

  private void begin(Peer peer, Link link) {
    peer.beginnings++;
    link.send(
        packetTo(peer)
            .setStreamBegin(
                StreamBegin.newBuilder()
                    .setEpoch(peer.epoch)
                    .setBeginning(peer.beginnings)
                    .setFirst(peer.outgoing.firstKept())
                    .setReceivedEpoch(peer.receivedEpoch))
            .build());
    peer.outgoing.handOverAll(link);
  }

  private void giveUp(Peer peer, String reason) {
    giveUp(peer, peer.epoch + 1, reason);
  }

  /** Everything that was sent and not acknowledged may be lost: who sent it is told. */
  private void giveUp(Peer peer, long newEpoch, String reason) {
    peer.epoch = newEpoch;
    peer.incoming.reset();
    peer.outgoing.reset();
    Conversations lost = peer.conversations;
    peer.conversations = new Conversations();
    Link link = peer.link;
    if (link != null) {
      begin(peer, link);
    }
    effects.givenUp(peer.node, reason);
    // Last, since those who are told may send at once.
    for (Map.Entry<Long, Set<Long>> sender : lost.all().entrySet()) {
      for (long to : sender.getValue()) {
        effects.lost(sender.getKey(), to, reason);
      }
    }
  }

  private Packet.Builder packetTo(Peer peer) {
    return Packet.newBuilder()
        .setFrom(ProcessAddress.of(self, 0))
        .setTo(ProcessAddress.of(peer.node, 0));
  }

  private Peer peer(int node) {
    return peers.computeIfAbsent(node, Peer::new);
  }
}
