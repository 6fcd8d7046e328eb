package io.mobula.raylet.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.PacketHeader;
import io.mobula.proto.Packet;
import io.mobula.proto.Undeliverable;
import io.mobula.raylet.objects.ObjectOutbox;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Sends each packet one step further, by its addresses alone; bodies of others are never parsed.
 * Owner thread: the raylet's loop.
 *
 * <p>What can't be delivered comes back to its sender as {@link Undeliverable}, unless it was one
 * itself.
 */
public final class NodeRouter implements ObjectOutbox {
  private static final Logger LOG = System.getLogger(NodeRouter.class.getName());

  /** The way to the GCS. */
  public interface Upstream {
    /** False if there is no GCS any more. */
    boolean send(byte[] packet);
  }

  private final long self;
  private final LocalProcesses processes;
  private final PeerTable peers;
  private final Upstream gcs;
  private final Consumer<byte[]> own;
  private final LongSupplier nowNanos;

  /**
   * Makes a router.
   *
   * @param self this raylet's address
   * @param gcs the way to the GCS
   * @param own takes the packets for this raylet
   */
  public NodeRouter(
      long self,
      LocalProcesses processes,
      PeerTable peers,
      Upstream gcs,
      Consumer<byte[]> own,
      LongSupplier nowNanos) {
    this.self = self;
    this.processes = processes;
    this.peers = peers;
    this.gcs = gcs;
    this.own = own;
    this.nowNanos = nowNanos;
  }

  /** Passes on a packet that came over a link. Those without addresses are dropped. */
  public void forward(byte[] packet) {
    if (!PacketHeader.isWellFormed(packet)) {
      LOG.log(Level.WARNING, "packet without addresses dropped: bytes={0}", packet.length);
      return;
    }
    long to = PacketHeader.to(packet);
    if (to == self) {
      own.accept(packet);
    } else if (ProcessAddress.node(to) == ProcessAddress.node(self)) {
      LocalProcess process = processes.find(to);
      if (process == null || !process.link().sendRaw(packet)) {
        returnToSender(packet, "there is no such process, or it is dead");
      }
    } else if (ProcessAddress.node(to) == 0) {
      if (!gcs.send(packet)) {
        returnToSender(packet, "the GCS can't be reached");
      }
    } else {
      peers.send(packet, nowNanos.getAsLong());
    }
  }

  /** A packet of this raylet's, addressed and ready. */
  @Override
  public void send(long to, Packet packet) {
    forward(packet.toByteArray());
  }

  /** An empty packet of this raylet's, to be given a body. */
  public Packet.Builder packetTo(long to) {
    return Packet.newBuilder().setFrom(self).setTo(to);
  }

  /** An empty answer of this raylet's. */
  public Packet.Builder answerTo(Packet request) {
    return packetTo(request.getFrom()).setCorrelation(request.getCorrelation());
  }

  /** Sends a packet of this raylet's. */
  public void send(Packet.Builder packet) {
    forward(packet.build().toByteArray());
  }

  /** Tells the packet's sender that it was not delivered. */
  public void returnToSender(byte[] packet, String reason) {
    try {
      Packet opened = Packet.parseFrom(packet);
      if (!opened.hasUndeliverable()) {
        tell(
            opened.getFrom(),
            Undeliverable.newBuilder()
                .setAddress(opened.getTo())
                .setReason(reason)
                .setCorrelation(opened.getCorrelation()));
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.log(Level.WARNING, "packet that can't be parsed dropped: bytes=" + packet.length, e);
    }
  }

  /** Tells a sender that the addressee's node is given up: what it sent may have been lost. */
  public void tellGivenUp(long from, long to, String reason) {
    tell(from, Undeliverable.newBuilder().setAddress(to).setReason(reason).setGivenUp(true));
  }

  private void tell(long sender, Undeliverable.Builder undeliverable) {
    send(packetTo(sender).setUndeliverable(undeliverable));
  }
}
