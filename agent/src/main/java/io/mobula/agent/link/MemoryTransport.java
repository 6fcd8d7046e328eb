package io.mobula.agent.link;

import io.mobula.proto.Packet;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pair of queues as a transport. What the peer has not received yet counts as unsent,
 * so that a peer that is not stepped congests the link. Owner thread: the one that steps the loops.
 */
final class MemoryTransport implements PacketTransport {
  private final MemoryLinks links;
  private final ArrayDeque<byte[]> pending = new ArrayDeque<>();
  private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
  private @Nullable PacketLink link;
  private @Nullable MemoryTransport peer;
  private long unsentBytes;
  private boolean isPeerGone;
  private boolean isFinishing;
  private boolean isClosed;

  MemoryTransport(MemoryLinks links) {
    this.links = links;
  }

  void start(PacketLink started, MemoryTransport other) {
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
      pending.add(packet);
      unsentBytes += packet.length;
    }
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  @Override
  public void finish() {
    isFinishing = true;
  }

  @Override
  public void abort() {
    if (!isClosed) {
      isClosed = true;
      pending.clear();
      inbox.clear();
      unsentBytes = 0;
      links.forget(this);
      peer().isPeerGone = true;
    }
  }

  @Override
  public void defer(Runnable action) {
    links.defer(action);
  }

  boolean hasWork() {
    return !inbox.isEmpty() || isPeerGone || !pending.isEmpty() || isFinishing;
  }

  void flush() {
    peer().inbox.addAll(pending);
    pending.clear();
    if (isFinishing && !isClosed) {
      abort();
      links.defer(() -> link().onEnded("closed"));
    }
  }

  /** Hands what has come to the link; returns how much. */
  int receive() {
    int count = 0;
    // Only what was there at the start: handlers may cause more.
    for (int i = inbox.size(); i > 0 && !isClosed && !isFinishing; i--) {
      byte[] packet = inbox.remove();
      count++;
      peer().onTaken(packet.length);
      link().onPacket(packet);
    }
    if (isPeerGone && inbox.isEmpty() && !isClosed) {
      count++;
      abort();
      link().onEnded("peer closed the connection without a goodbye");
    }
    return count;
  }

  private void onTaken(int byteCount) {
    unsentBytes = Math.max(0, unsentBytes - byteCount);
    if (!isClosed && link().isCongested() && unsentBytes <= links.limits().lowWaterBytes()) {
      links.defer(link()::onDrained);
    }
  }

  private MemoryTransport peer() {
    return Objects.requireNonNull(peer);
  }
}
