package io.mobula.raylet.transfer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.loop.Clock;
import io.mobula.proto.PullRequest;
import io.mobula.proto.PullResponse;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * A node's bulk data port: sends objects to whoever proves the cluster's secret, straight from the
 * store's mapping.
 *
 * <p>Concurrent: each connection has a thread of its own from the given executor, which must offer
 * virtual threads or as many as there are connections. What they share is the set of open
 * connections, and the line of those that have proved nothing yet. A connection asks for one part
 * at a time; a reader that wants several at once opens several. Nothing that a reader sends is
 * believed before its proof, and every wait has a time-out, which {@link #expire} enforces.
 *
 * <p>Strangers are few, and the oldest makes room for the next, so that those who only connect
 * can't keep readers out. A reader that has proved the secret when there are as many as may be is
 * told that the port is busy. Who takes a connection out of the line, its own thread or the
 * acceptor, decides whether it is served or closed.
 */
public final class DataServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DataServer.class.getName());
  private static final int BACKLOG = 128;

  /** After a failure such as "too many open files", which would come again at once. */
  private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

  private final ServerSocketChannel listener;
  private final InetSocketAddress address;
  private final DataConfig config;
  private final DataSecret secret;
  private final Random random;
  private final Clock clock;
  private final Executor threads;
  private final Set<TimedChannel> connections = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedDeque<TimedChannel> strangers = new ConcurrentLinkedDeque<>();

  private DataServer(
      ServerSocketChannel listener,
      DataConfig config,
      DataSecret secret,
      Random random,
      Clock clock,
      Executor threads)
      throws IOException {
    this.listener = listener;
    this.address = (InetSocketAddress) listener.getLocalAddress();
    this.config = config;
    this.secret = secret;
    this.random = random;
    this.clock = clock;
    this.threads = threads;
  }

  /**
   * Takes the port, without serving yet.
   *
   * @param port 0 for any that is free
   * @param random unpredictable ({@link java.security.SecureRandom})
   * @param threads one thread a connection, and one to accept them
   * @throws IOException if the port can't be had; the message names it
   */
  public static DataServer bind(
      String host,
      int port,
      DataConfig config,
      DataSecret secret,
      Random random,
      Clock clock,
      Executor threads)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(new InetSocketAddress(host, port), BACKLOG);
      return new DataServer(listener, config, secret, random, clock, threads);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw new IOException(
          "Data port can't be opened: host=" + host + ", port=" + port + ", reason=" + e, e);
    }
  }

  /** The port in use. */
  public int port() {
    return address.getPort();
  }

  /**
   * Begins to accept connections. Once.
   *
   * @param node this one's number: who believes to ask another gets no answer
   */
  public void serve(int node, ObjectSource source) {
    threads.execute(() -> accept(new Service(node, source)));
  }

  /** Closes connections whose current wait is over. Call it about every second, on any thread. */
  public void expire(long nowNanos) {
    connections.forEach(connection -> connection.expire(nowNanos));
  }

  /** Open connections. */
  public int connectionCount() {
    return connections.size();
  }

  /** Stops accepting and cuts all connections. Idempotent. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "data port closed with an error: address=" + address, e);
    }
    connections.forEach(TimedChannel::close);
  }

  private void accept(Service service) {
    while (listener.isOpen()) {
      try {
        admit(listener.accept(), service);
      } catch (IOException e) {
        if (listener.isOpen()) {
          LOG.log(Level.WARNING, "data port failed to accept: address=" + address, e);
          LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
        }
      }
    }
  }

  private void admit(SocketChannel socket, Service service) throws IOException {
    TimedChannel connection = new TimedChannel(socket, clock);
    try {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } catch (IOException e) {
      // Its reader is gone already; that is no trouble of the port's.
      connection.close();
      return;
    }
    while (strangers.size() >= config.strangersMax()) {
      TimedChannel oldest = strangers.poll();
      if (oldest != null) {
        oldest.close();
      }
    }
    strangers.add(connection);
    connections.add(connection);
    if (!listener.isOpen()) {
      connection.close();
    }
    threads.execute(() -> run(connection, socket, service));
  }

  private void run(TimedChannel connection, SocketChannel socket, Service service) {
    try (connection) {
      byte[] nonce = new byte[DataProtocol.NONCE_BYTES];
      random.nextBytes(nonce);
      if (!DataProtocol.greetReader(connection, secret, nonce, config.handshakeTimeout())) {
        LOG.log(Level.WARNING, "data port refused a reader: wrong secret, peer=" + peer(socket));
        return;
      }
      boolean isBusy = connections.size() - strangers.size() >= config.connectionsMax();
      if (isBusy) {
        refuse(connection);
        return;
      }
      if (!strangers.remove(connection)) {
        return;
      }
      PartStream stream = new PartStream(connection, config.blockBytes(), config.stallTimeout());
      while (true) {
        answer(connection, stream, service);
      }
    } catch (ProtocolException | InvalidProtocolBufferException e) {
      LOG.log(
          Level.WARNING, "data port closed a connection: peer={0}, reason={1}", peer(socket), e);
    } catch (EOFException e) {
      LOG.log(Level.DEBUG, "data connection ended");
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "data connection broke: {0}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      strangers.remove(connection);
      connections.remove(connection);
    }
  }

  /**
   * Tells a reader to come later, in answer to its first question. It stays in the line so long.
   */
  private void refuse(TimedChannel connection) throws IOException {
    LOG.log(Level.WARNING, "data port is at its limit: connectionsMax=" + config.connectionsMax());
    readRequest(connection, config.handshakeTimeout());
    respond(connection, PullResponse.newBuilder().setBusy(true));
  }

  private PullRequest readRequest(TimedChannel connection, Duration timeout) throws IOException {
    return PullRequest.parseFrom(
        DataProtocol.readMessage(connection, timeout, config.handshakeTimeout()));
  }

  private void answer(TimedChannel connection, PartStream stream, Service service)
      throws IOException, InterruptedException {
    PullRequest request = readRequest(connection, config.idleTimeout().multipliedBy(2));
    if (request.getSourceNode() != service.node) {
      throw new ProtocolException(
          "reader asks node "
              + Integer.toUnsignedString(request.getSourceNode())
              + ", and this is node "
              + Integer.toUnsignedString(service.node));
    }
    boolean isFromFile = !config.hostId().isEmpty() && config.hostId().equals(request.getHostId());
    switch (service.source.open(PullMessages.part(request, isFromFile), config.answerTimeout())) {
      case ObjectSource.Answer.Missing missing ->
          respond(connection, PullResponse.newBuilder().setFailure(missing.failure()));
      case ObjectSource.Answer.Ending _ -> throw new EOFException("node is shutting down");
      case ObjectSource.Answer.Absent absent ->
          respond(connection, PullMessages.response(absent.report()).setAbsent(true));
      case ObjectSource.Answer.Found found -> {
        try (found) {
          if (isFromFile) {
            show(connection, found);
          } else {
            respond(connection, PullMessages.response(found.report()));
            stream.send(found.bytes());
          }
        }
      }
    }
  }

  /**
   * Says where the bytes are in this machine's memory, and waits until the reader has read them.
   */
  private void show(TimedChannel connection, ObjectSource.Answer.Found found) throws IOException {
    respond(connection, PullMessages.response(found.report()).setFile(found.file()));
    byte[] end =
        DataProtocol.readMessage(
            connection, config.stallTimeout().multipliedBy(2), config.handshakeTimeout());
    if (!PullRequest.parseFrom(end).getFileRead()) {
      throw new ProtocolException("reader asks for more before it has read the file");
    }
  }

  private void respond(TimedChannel connection, PullResponse.Builder response) throws IOException {
    DataProtocol.writeMessage(connection, response.build(), config.stallTimeout());
  }

  /** What is served. */
  private record Service(int node, ObjectSource source) {}

  private static String peer(SocketChannel socket) {
    try {
      return String.valueOf(socket.getRemoteAddress());
    } catch (IOException e) {
      return "unknown";
    }
  }
}
