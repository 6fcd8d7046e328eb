package io.mobula.worker.net;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkHandler;
import io.mobula.agent.link.LocalLinks;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends each packet the shortest way: to itself, straight to a process of this node, or by the
 * raylet. Owner thread: the core worker's loop.
 *
 * <p>A peer's way is chosen at the first packet and kept, so packets to it stay in order: a direct
 * link (the one that the peer dialled, if it came first), or by the raylet if the peer has no
 * socket here (a driver on another host).
 */
public final class Router implements Outbox, LinkHandler {
  private final long self;
  private final Link rayletLink;
  private final LocalLinks links;
  private final @Nullable Path nodeDirectory;
  private final Hello hello;
  private final Requests requests;
  private final PacketReceiver receiver;
  private final Map<Long, Peer> peers = new HashMap<>();
  private final ArrayDeque<Packet> toSelf = new ArrayDeque<>();

  /** Gets every packet that came for this process. */
  public interface PacketReceiver {
    void onPacket(Packet packet);

    /** A peer's link is writable again. */
    void onWritable();
  }

  /** The way to a process of this node. */
  private static final class Peer {
    private final ArrayDeque<Packet> whileDialling = new ArrayDeque<>();
    private @Nullable Link link;
    private boolean isByRaylet;
  }

  /**
   * @param nodeDirectory where the sockets of this node's processes are; null if this process is on
   *     another host
   * @param hello what this process says of itself to peers
   */
  public Router(
      long self,
      Link rayletLink,
      LocalLinks links,
      @Nullable Path nodeDirectory,
      Hello hello,
      Requests requests,
      PacketReceiver receiver) {
    this.self = self;
    this.rayletLink = rayletLink;
    this.links = links;
    this.nodeDirectory = nodeDirectory;
    this.hello = hello;
    this.requests = requests;
    this.receiver = receiver;
  }

  /** The socket that a process of a node listens on. */
  public static Path socket(Path nodeDirectory, long address) {
    return nodeDirectory.resolve(
        "p" + Integer.toUnsignedString(ProcessAddress.process(address)) + ".sock");
  }

  @Override
  public long self() {
    return self;
  }

  @Override
  public long raylet() {
    return ProcessAddress.rayletOf(self);
  }

  @Override
  public void send(long to, Packet.Builder packet) {
    sendBuilt(packet.setFrom(self).setTo(to).build());
  }

  @Override
  public void request(long to, Packet.Builder packet, ReplyHandler handler) {
    send(to, packet.setCorrelation(requests.open(to, handler)));
  }

  @Override
  public boolean isCongested(long to) {
    if (to == self) {
      return false;
    }
    Peer peer = peers.get(to);
    Link link = peer == null || peer.isByRaylet ? rayletLink : peer.link;
    return link != null && link.isCongested();
  }

  /**
   * Delivers what this process sent to itself. Call it at the end of a turn, until it returns
   * false.
   */
  public boolean deliverToSelf() {
    Packet packet = toSelf.pollFirst();
    if (packet == null) {
      return false;
    }
    receiver.onPacket(packet);
    return true;
  }

  /** Whoever has access to the socket may open a link: it is the same user. */
  public Greeter.Answer greet(Hello peer, long clusterId) {
    return new Greeter.Answer.Accepted(
        Welcome.newBuilder()
            .setKind(hello.getKind())
            .setAddress(self)
            .setAssigned(peer.getAddress())
            .setHostId(hello.getHostId())
            .setClusterId(clusterId)
            .build(),
        this);
  }

  /**
   * The process is dead: nothing is sent to it any more, and what it sent and is still unread is
   * not read, since its part in everything has been wound up.
   */
  public void onProcessDied(long dead) {
    List<Peer> gone = new ArrayList<>(0);
    peers
        .entrySet()
        .removeIf(
            entry -> ProcessAddress.diesWith(entry.getKey(), dead) && gone.add(entry.getValue()));
    for (Peer peer : gone) {
      Link link = peer.link;
      if (link != null) {
        link.close("the process is dead");
      }
    }
  }

  @Override
  public void onOpen(Link link) {
    Peer peer = peers.computeIfAbsent(link.peer(), fresh -> new Peer());
    if (peer.link == null && peer.whileDialling.isEmpty() && !peer.isByRaylet) {
      peer.link = link;
    }
  }

  @Override
  public void onPacket(Link link, byte[] packet) {
    try {
      receiver.onPacket(Packet.parseFrom(packet));
    } catch (InvalidProtocolBufferException e) {
      link.close("a packet that can't be parsed: " + e.getMessage());
    }
  }

  @Override
  public void onWritable(Link link) {
    receiver.onWritable();
  }

  @Override
  public void onClosed(Link link, String reason) {
    Peer peer = peers.get(link.peer());
    if (peer != null && peer.link == link) {
      peers.remove(link.peer());
    }
  }

  private void sendBuilt(Packet packet) {
    long to = packet.getTo();
    if (to == self) {
      toSelf.addLast(packet);
    } else if (nodeDirectory != null
        && ProcessAddress.rayletOf(to) == raylet()
        && !ProcessAddress.isRaylet(to)) {
      sendToPeer(nodeDirectory, to, packet);
    } else {
      rayletLink.send(packet);
    }
  }

  private void sendToPeer(Path directory, long to, Packet packet) {
    Peer peer = peers.get(to);
    if (peer == null) {
      peer = new Peer();
      peers.put(to, peer);
      links.connect(socket(directory, to), hello, new Dial(peer));
    }
    Link link = peer.link;
    if (peer.isByRaylet) {
      rayletLink.send(packet);
    } else if (link != null) {
      link.send(packet);
    } else {
      peer.whileDialling.addLast(packet);
    }
  }

  /** A link that this process opens. */
  private final class Dial implements DialHandler {
    private final Peer peer;

    Dial(Peer peer) {
      this.peer = peer;
    }

    @Override
    public void onOpen(Link link) {
      peer.link = link;
      drain(link);
    }

    @Override
    public void onRefused(Failure failure) {
      // It has no socket here, or it is dead: the raylet knows, and says Undeliverable if so.
      peer.isByRaylet = true;
      drain(rayletLink);
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      Router.this.onPacket(link, packet);
    }

    @Override
    public void onWritable(Link link) {
      Router.this.onWritable(link);
    }

    @Override
    public void onClosed(Link link, String reason) {
      Router.this.onClosed(link, reason);
    }

    private void drain(Link way) {
      for (Packet packet = peer.whileDialling.pollFirst();
          packet != null;
          packet = peer.whileDialling.pollFirst()) {
        way.send(packet);
      }
    }
  }
}
