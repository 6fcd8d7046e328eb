package io.mobula.agent.link;

import io.mobula.proto.Packet;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pair between two loops of a process. Owner thread: its loop's; the other end reaches
 * it by posts to that loop alone. What the peer has not received yet counts as unsent: the one
 * number that both loops change.
 */
final class InProcessTransport implements PacketTransport {
  private final InProcessLinks links;
  private final AtomicLong unsentBytes = new AtomicLong();
  private @Nullable PacketLink link;
  private @Nullable InProcessTransport peer;
  private boolean isClosed;

  InProcessTransport(InProcessLinks links) {
    this.links = links;
  }

  /** On this end's loop, before anything else there. */
  void start(PacketLink started, InProcessTransport other) {
    link = started;
    peer = other;
  }

  PacketLink link() {
    return Objects.requireNonNull(link);
  }

  @Override
  public void write(Packet packet, int sizeBytes) {
    writeRaw(packet.toByteArray());
  }

  @Override
  public void writeRaw(byte[] packet) {
    if (!isClosed) {
      unsentBytes.addAndGet(packet.length);
      InProcessTransport other = peer();
      // A loop that has ended takes nothing; its end has told this one, or does so presently.
      if (!other.links.loop().post(() -> other.receive(packet))) {
        unsentBytes.addAndGet(-packet.length);
      }
    }
  }

  @Override
  public long unsentBytes() {
    return unsentBytes.get();
  }

  @Override
  public void finish() {
    if (!isClosed) {
      abort();
      links.defer(() -> link().onEnded("closed"));
    }
  }

  @Override
  public void abort() {
    if (!isClosed) {
      isClosed = true;
      links.forget(this);
      InProcessTransport other = peer();
      other.links.defer(other::onPeerGone);
    }
  }

  @Override
  public void defer(Runnable action) {
    links.defer(action);
  }

  private void receive(byte[] packet) {
    peer().onTaken(packet.length);
    if (!isClosed) {
      link().onPacket(packet);
    }
  }

  private void onPeerGone() {
    if (!isClosed) {
      isClosed = true;
      links.forget(this);
      link().onEnded("peer closed the connection without a goodbye");
    }
  }

  /** On the receiver's loop. */
  private void onTaken(int byteCount) {
    long left = unsentBytes.addAndGet(-byteCount);
    long low = links.limits().lowWaterBytes();
    if (left <= low && left + byteCount > low) {
      links.defer(() -> {
        if (!isClosed) {
          link().onDrained();
        }
      });
    }
  }

  private InProcessTransport peer() {
    return Objects.requireNonNull(peer);
  }
}
