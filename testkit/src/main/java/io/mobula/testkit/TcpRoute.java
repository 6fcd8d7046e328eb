package io.mobula.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to a port that can be cut: connections to it are passed on to the same port of another
 * address, until somebody cuts them. New ones can be made at once, unless it is blocked.
 * Thread-safe.
 */
public final class TcpRoute implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final ConcurrentHashMap<Socket, Socket> passing = new ConcurrentHashMap<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean isBlocked;

  private TcpRoute(ServerSocket server, InetSocketAddress target) {
    this.server = server;
    this.target = target;
  }

  /**
   * Opens one on a port that is free at both addresses.
   *
   * @param entry the address that is dialled
   * @param target the address that somebody listens at, or will
   */
  public static TcpRoute open(String entry, String target) {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(target))) {
      ServerSocket server =
          new ServerSocket(probe.getLocalPort(), 64, InetAddress.getByName(entry));
      TcpRoute route = new TcpRoute(server, new InetSocketAddress(target, probe.getLocalPort()));
      Thread.ofPlatform().daemon(true).name("route-" + route.port()).start(route::accept);
      return route;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return target.getPort();
  }

  /**
   * Resets every connection that passes now; what is under way on them is lost.
   *
   * @return how many there were
   */
  public int cut() {
    Set<Socket> now = Set.copyOf(passing.keySet());
    now.forEach(this::end);
    return now.size();
  }

  /** Cuts, and lets nothing through until {@link #unblock}. */
  public void block() {
    isBlocked = true;
    cut();
  }

  /** How many connections it has not let through. */
  public int refusedCount() {
    return refused.get();
  }

  public void unblock() {
    isBlocked = false;
  }

  /** Ends it and what passes. */
  @Override
  public void close() {
    quietly(server);
    cut();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket from = server.accept();
        Socket to = new Socket();
        passing.put(from, to);
        if (isBlocked) {
          refused.incrementAndGet();
          end(from);
          continue;
        }
        Thread.ofPlatform().daemon(true).name("route-to-" + port()).start(() -> connect(from, to));
      } catch (IOException e) {
        // The route is closed, or a connection was gone before it was accepted.
      }
    }
  }

  private void connect(Socket from, Socket to) {
    try {
      from.setOption(StandardSocketOptions.TCP_NODELAY, true);
      to.setOption(StandardSocketOptions.TCP_NODELAY, true);
      to.connect(target);
      Thread.ofPlatform()
          .daemon(true)
          .name("route-back-" + port())
          .start(() -> pass(from, to, from));
      pass(from, from, to);
    } catch (IOException e) {
      end(from);
    }
  }

  private void pass(Socket connection, Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        out.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // Cut, or closed by one of the two: the other hears of it below.
    }
    end(connection);
  }

  /** With a reset, as a broken connection ends, not with a goodbye. */
  private void end(Socket from) {
    Socket to = passing.remove(from);
    if (to != null) {
      reset(from);
      reset(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already.
    }
    quietly(socket);
  }

  private static void quietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new AssertionError("can't close a socket", e);
    }
  }
}
