package io.mobula.agent.link;

import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.LoopOwner;
import io.mobula.proto.Hello;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one loop and the selector that the loop sleeps in.
 *
 * <p>Owner thread: the loop's, except {@link #wakeup}. The loop calls, each turn: {@link #select},
 * {@link #dispatch}, its own work, {@link #flush}.
 */
public final class UnixLinks implements LocalLinks {
  private static final Logger LOG = System.getLogger(UnixLinks.class.getName());
  private static final int BACKLOG = 1024;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LoopOwner owner;
  private final LinkContext context;
  private final Selector selector;
  private final ChunkPool chunks = new ChunkPool();
  private final Set<UnixConnection> connections = new LinkedHashSet<>();
  private final List<UnixListener> listeners = new ArrayList<>();
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
  private List<UnixConnection> dirty = new ArrayList<>();
  private List<UnixConnection> flushing = new ArrayList<>();
  private @Nullable ByteBuffer readBuffer;
  private @Nullable ByteBuffer staging;

  /** Opens the selector; bind the owner before anything else is called. */
  public UnixLinks(LoopOwner owner, LinkContext context) {
    this.owner = owner;
    this.context = context;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector (out of file descriptors?)", e);
    }
  }

  @Override
  public void listen(Path socket, Greeter greeter) throws IOException {
    owner.check();
    SocketPath.prepare(socket);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      channel.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
      SocketPath.restrict(socket);
      UnixListener listener = new UnixListener(this, channel, socket, greeter);
      listener.start(channel.register(selector, SelectionKey.OP_ACCEPT, listener));
      listeners.add(listener);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new IOException("can't listen: path=" + socket + ", " + e.getMessage(), e);
    }
  }

  @Override
  public void connect(Path socket, Hello hello, DialHandler handler) {
    owner.check();
    defer(new UnixDial(this, socket, hello, handler)::attempt);
  }

  /**
   * Waits for a ready socket, a wake-up or the time.
   *
   * @param timeoutNanos 0 for not at all; rounded up to milliseconds, which is what a selector has;
   *     {@link Long#MAX_VALUE} for without end
   */
  public void select(long timeoutNanos) {
    try {
      if (timeoutNanos == 0 || hasWork()) {
        selector.selectNow();
      } else if (timeoutNanos == Long.MAX_VALUE) {
        selector.select();
      } else {
        selector.select(Math.ceilDiv(timeoutNanos, NANOS_PER_MILLI));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("selector failed", e);
    }
  }

  /** Looks which sockets are ready, without waiting; returns how many. */
  public int selectNow() {
    try {
      return selector.selectNow();
    } catch (IOException e) {
      throw new UncheckedIOException("selector failed", e);
    }
  }

  /** Ends a {@link #select}, this one or the next. Any thread. */
  public void wakeup() {
    selector.wakeup();
  }

  /**
   * Handles what {@link #select} found.
   *
   * @return how many events there were
   */
  public int dispatch() {
    int count = 0;
    Set<SelectionKey> selected = selector.selectedKeys();
    if (!selected.isEmpty()) {
      for (SelectionKey key : selected) {
        if (key.isValid() && key.attachment() instanceof Pollable pollable) {
          pollable.onReady(key.readyOps());
          count++;
        }
      }
      selected.clear();
    }
    for (int i = deferred.size(); i > 0; i--) {
      deferred.remove().run();
      count++;
    }
    return count;
  }

  /** Sends what the turn produced. Calls no handler: what it meets is told in the next turn. */
  public void flush() {
    List<UnixConnection> current = dirty;
    dirty = flushing;
    flushing = current;
    for (UnixConnection connection : current) {
      connection.flush();
    }
    current.clear();
  }

  /** Whether the loop must not sleep: something was left for the next turn. */
  public boolean hasWork() {
    return !deferred.isEmpty() || !dirty.isEmpty();
  }

  /**
   * Says goodbye on every link and closes all. No handler is told. Nothing else works afterwards.
   *
   * @param timeoutNanos how long peers may take to read what is left for them
   */
  public void shutDown(String reason, Clock clock, long timeoutNanos) {
    listeners.forEach(UnixListener::close);
    listeners.clear();
    List.copyOf(connections).forEach(connection -> connection.link().closeQuietly(reason));
    deferred.clear();
    long end = clock.nanoTime() + timeoutNanos;
    flush();
    while (!connections.isEmpty() && end - clock.nanoTime() > 0) {
      select(Math.max(1, end - clock.nanoTime()));
      dispatch();
      flush();
    }
    List.copyOf(connections).forEach(UnixConnection::abort);
    closeQuietly(selector);
  }

  LinkLimits limits() {
    return context.limits();
  }

  ChunkPool chunks() {
    return chunks;
  }

  /** For one read at a time; its contents last as long as the call. */
  ByteBuffer readBuffer() {
    ByteBuffer buffer = readBuffer;
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      readBuffer = buffer;
    }
    return buffer;
  }

  /** For one write at a time. */
  ByteBuffer staging() {
    ByteBuffer buffer = staging;
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      staging = buffer;
    }
    return buffer;
  }

  void defer(Runnable action) {
    deferred.add(action);
  }

  void schedule(long delayNanos, Runnable action) {
    context.timers().schedule(delayNanos, action);
  }

  void markDirty(UnixConnection connection) {
    dirty.add(connection);
  }

  void forget(UnixConnection connection) {
    connections.remove(connection);
  }

  void accepted(SocketChannel channel, Path socket, Greeter greeter) throws IOException {
    UnixConnection connection = new UnixConnection(this, channel);
    SelectionKey key = register(connection, channel);
    connection.start(PacketLink.accepting(connection, context, "path=" + socket, greeter), key);
  }

  void connected(SocketChannel channel, Path socket, Hello hello, DialHandler handler)
      throws IOException {
    UnixConnection connection = new UnixConnection(this, channel);
    SelectionKey key = register(connection, channel);
    connection.start(
        PacketLink.dialling(connection, context, "path=" + socket, hello, handler), key);
    connection.link().onConnected();
  }

  static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "close failed", e);
    }
  }

  private SelectionKey register(UnixConnection connection, SocketChannel channel)
      throws IOException {
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ, connection);
    connections.add(connection);
    return key;
  }
}
