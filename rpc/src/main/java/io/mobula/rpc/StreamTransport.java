package io.mobula.rpc;

import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.PacketLink;
import io.mobula.agent.link.PacketTransport;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC stream as a transport. Owner thread: the loop's; the call's listener only posts to it.
 *
 * <p>How it batches. The first packet of a turn posts a flush, which runs when the loop has handled
 * what it has: an idle link sends at once, a busy one gathers. A stream that is not ready keeps the
 * frames here until it is; they are what {@link #unsentBytes} counts.
 *
 * <p>Inbound: the peer may have {@link #FRAMES_IN_FLIGHT} frames on the way; one more is asked for
 * after one was handled, so at most so many wait in the loop's queue.
 */
final class StreamTransport implements PacketTransport {
  /** Bytes that gRPC buffers before it says that it is not ready. */
  static final int READY_THRESHOLD_BYTES = 256 << 10;

  private static final int FRAMES_IN_FLIGHT = 4;
  private static final int MIN_FRAME_BYTES = 512;

  private final LoopExecutor loop;
  private final LinkLimits limits;
  private final Runnable onGone;
  private final ArrayDeque<PacketFrame> frames = new ArrayDeque<>();
  private @Nullable StreamPort port;
  private @Nullable PacketLink link;
  private long unsentBytes;
  private int nextFrameBytes = MIN_FRAME_BYTES;
  private boolean isFlushPosted;
  private boolean isFinishing;
  private boolean isFinished;
  private boolean isClosed;

  /**
   * @param onGone told once, on the loop, when this transport is closed
   */
  StreamTransport(LoopExecutor loop, LinkLimits limits, Runnable onGone) {
    this.loop = loop;
    this.limits = limits;
    this.onGone = onGone;
  }

  void start(PacketLink started) {
    link = started;
  }

  /** The stream is there: what was gathered may go. */
  void attach(StreamPort opened) {
    port = opened;
    opened.request(FRAMES_IN_FLIGHT);
  }

  PacketLink link() {
    return Objects.requireNonNull(link);
  }

  @Override
  public void write(Packet packet, int sizeBytes) {
    if (!isClosed) {
      frameFor(sizeBytes).add(packet, sizeBytes);
      afterAdd(sizeBytes);
    }
  }

  @Override
  public void writeRaw(byte[] packet) {
    if (!isClosed) {
      frameFor(packet.length).addRaw(packet);
      afterAdd(packet.length);
    }
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  @Override
  public void finish() {
    isFinishing = true;
    postFlush();
  }

  @Override
  public void abort() {
    if (!isClosed) {
      StreamPort current = port;
      if (current != null) {
        current.abort();
      }
      gone();
    }
  }

  boolean isClosed() {
    return isClosed;
  }

  @Override
  public void defer(Runnable action) {
    loop.post(action);
  }

  /** The stream can take more. */
  void onReady() {
    flush();
  }

  /** A frame came. */
  void onFrame(PacketFrame frame) {
    for (byte[] packet : frame.packets()) {
      if (isClosed) {
        return;
      }
      if (packet.length > link().maxIncomingBytes()) {
        link()
            .onBroken(
                "malformed packet: sizeBytes="
                    + packet.length
                    + ", maxPacketBytes="
                    + link().maxIncomingBytes());
      } else {
        link().onPacket(packet);
      }
    }
    if (!isClosed) {
      port().request(1);
    }
  }

  /** The peer sends no more, though nothing is closed: its link is gone. */
  void onHalfClosed() {
    if (!isFinishing && !isClosed) {
      abort();
      link().onEnded("peer closed the stream without a goodbye");
    }
  }

  /** The call is over. */
  void onCallEnded(String reason) {
    if (!isClosed) {
      gone();
      link().onEnded(reason);
    }
  }

  /** As {@link #onCallEnded}, when the link never opened and this is why. */
  void onCallFailed(Failure failure) {
    if (!isClosed) {
      gone();
      link().onUnreachable(failure);
    }
  }

  /** Sends what was gathered, while the stream takes it. */
  private void flush() {
    isFlushPosted = false;
    StreamPort current = port;
    if (isClosed || current == null) {
      return;
    }
    while (!frames.isEmpty() && current.isReady()) {
      PacketFrame frame = frames.remove();
      unsentBytes -= frame.sizeBytes();
      nextFrameBytes = Math.clamp(2L * frame.sizeBytes(), MIN_FRAME_BYTES, PacketFrame.MAX_BYTES);
      current.send(frame);
    }
    if (frames.isEmpty() && isFinishing && !isFinished) {
      isFinished = true;
      current.finish();
    } else if (link().isCongested() && unsentBytes <= limits.lowWaterBytes()) {
      loop.post(link()::onDrained);
    }
  }

  private PacketFrame frameFor(int packetBytes) {
    int frameBytes = PacketFrame.frameBytes(packetBytes);
    PacketFrame last = frames.peekLast();
    if (last == null || !last.hasRoom(frameBytes)) {
      if (last != null) {
        nextFrameBytes = Math.min(2 * nextFrameBytes, PacketFrame.MAX_BYTES);
      }
      last = new PacketFrame(Math.max(nextFrameBytes, frameBytes));
      frames.add(last);
    }
    return last;
  }

  private void afterAdd(int packetBytes) {
    unsentBytes += PacketFrame.frameBytes(packetBytes);
    postFlush();
  }

  private void postFlush() {
    if (!isFlushPosted) {
      isFlushPosted = true;
      loop.post(this::flush);
    }
  }

  private void gone() {
    isClosed = true;
    frames.clear();
    unsentBytes = 0;
    onGone.run();
  }

  private StreamPort port() {
    return Objects.requireNonNull(port);
  }
}
