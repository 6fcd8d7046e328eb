package io.mobula.agent.link;

import io.mobula.proto.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket as a transport. Owner thread: the loop's.
 *
 * <p>Writes gather until {@link UnixLinks#flush} or until there is enough for a system call to be
 * worth its price. What the socket does not take waits for it to be writable.
 */
final class UnixConnection implements PacketTransport, Pollable {
  /** Pending bytes that are written without waiting for the end of the turn. */
  private static final int EAGER_BYTES = ChunkPool.CHUNK_BYTES;

  /** Reads of one turn, so that one busy peer leaves time for the others. */
  private static final int READS_PER_TURN = 4;

  private final UnixLinks links;
  private final SocketChannel channel;
  private final OutgoingFrames out;
  private final IncomingFrames in = new IncomingFrames();
  private @Nullable SelectionKey key;
  private @Nullable PacketLink link;
  private boolean isDirty;
  private boolean isBlocked;
  private boolean isFinishing;
  private boolean isClosed;

  UnixConnection(UnixLinks links, SocketChannel channel) {
    this.links = links;
    this.channel = channel;
    this.out = new OutgoingFrames(links.chunks());
  }

  /** The connection stands; events come from now on. */
  void start(PacketLink started, SelectionKey registered) {
    link = started;
    key = registered;
  }

  PacketLink link() {
    return Objects.requireNonNull(link);
  }

  @Override
  public void write(Packet packet, int sizeBytes) {
    if (!isClosed) {
      out.add(packet, sizeBytes);
      afterAdd();
    }
  }

  @Override
  public void writeRaw(byte[] packet) {
    if (!isClosed) {
      out.addRaw(packet);
      afterAdd();
    }
  }

  @Override
  public long unsentBytes() {
    return out.sizeBytes();
  }

  @Override
  public void finish() {
    if (!isClosed) {
      isFinishing = true;
      setInterest();
      markDirty();
    }
  }

  @Override
  public void abort() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    out.clear();
    links.forget(this);
    UnixLinks.closeQuietly(channel);
  }

  @Override
  public void defer(Runnable action) {
    links.defer(action);
  }

  @Override
  public void onReady(int readyOps) {
    if ((readyOps & SelectionKey.OP_WRITE) != 0 && !isClosed) {
      isBlocked = false;
      markDirty();
    }
    if ((readyOps & SelectionKey.OP_READ) != 0) {
      read();
    }
  }

  /** Sends what is there; the link hears what became of it in the next turn. */
  void flush() {
    isDirty = false;
    if (isClosed) {
      return;
    }
    try {
      if (!isBlocked) {
        writePending();
      }
      setInterest();
    } catch (IOException e) {
      endLater("connection lost: " + e.getMessage());
      return;
    }
    if (out.sizeBytes() == 0 && isFinishing) {
      endLater("closed");
    } else if (link().isCongested() && out.sizeBytes() <= links.limits().lowWaterBytes()) {
      links.defer(link()::onDrained);
    }
  }

  private void afterAdd() {
    if (out.sizeBytes() >= EAGER_BYTES && !isBlocked) {
      try {
        writePending();
      } catch (IOException e) {
        endLater("connection lost: " + e.getMessage());
        return;
      }
    }
    markDirty();
  }

  private void writePending() throws IOException {
    ByteBuffer staging = links.staging();
    while (out.sizeBytes() > 0 && !isBlocked) {
      staging.clear();
      out.peek(staging);
      staging.flip();
      int offered = staging.remaining();
      int written = channel.write(staging);
      out.consume(written);
      isBlocked = written < offered;
    }
  }

  private void read() {
    ByteBuffer buffer = links.readBuffer();
    try {
      for (int i = 0; i < READS_PER_TURN && !isClosed && !isFinishing; i++) {
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
          end("peer closed the connection without a goodbye");
          return;
        }
        boolean isAll = buffer.hasRemaining();
        buffer.flip();
        in.feed(buffer, link());
        if (isAll) {
          return;
        }
      }
    } catch (IOException e) {
      end("connection lost: " + e.getMessage());
    }
  }

  private void end(String reason) {
    abort();
    link().onEnded(reason);
  }

  private void endLater(String reason) {
    abort();
    links.defer(() -> link().onEnded(reason));
  }

  private void markDirty() {
    if (!isDirty) {
      isDirty = true;
      links.markDirty(this);
    }
  }

  private void setInterest() {
    SelectionKey current = key;
    if (current == null || !current.isValid()) {
      return;
    }
    int interest =
        (isFinishing ? 0 : SelectionKey.OP_READ) | (isBlocked ? SelectionKey.OP_WRITE : 0);
    if (current.interestOps() != interest) {
      current.interestOps(interest);
    }
  }
}
