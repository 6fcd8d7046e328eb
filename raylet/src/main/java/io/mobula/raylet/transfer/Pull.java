package io.mobula.raylet.transfer;

import io.mobula.agent.loop.Clock;
import io.mobula.proto.PullRequest;
import io.mobula.proto.PullResponse;
import io.mobula.proto.StoreFileRange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One part of an object on its way from one source.
 *
 * <p>Concurrent: its own thread {@link #run}s it; the loop may {@link #cancel} and {@link #expire}
 * it meanwhile, and reads the rest after {@code run} has ended and was posted to it. A cancellation
 * closes the channel that it sees; one that comes before there is a channel is seen by the thread
 * once it has published the channel, because both write their own field first and then read the
 * other's.
 */
final class Pull {

  private final PullOrder order;
  private final DataConfig config;
  private final DataSecret secret;
  private final Random random;
  private final Clock clock;
  private final @Nullable LocalFiles localFiles;
  private volatile @Nullable TimedChannel channel;
  private volatile boolean isCancelled;
  private boolean isReused;
  private boolean isReusable;
  private boolean hasAnswer;
  private boolean cannotReadFiles;

  Pull(
      PullOrder order,
      DataConfig config,
      DataSecret secret,
      Random random,
      Clock clock,
      @Nullable LocalFiles localFiles,
      @Nullable TimedChannel idleChannel) {
    this.order = order;
    this.config = config;
    this.secret = secret;
    this.random = random;
    this.clock = clock;
    this.localFiles = localFiles;
    this.channel = idleChannel;
    this.isReused = idleChannel != null;
  }

  String address() {
    return order.address();
  }

  /** A connection that the next pull from this address may use, after the outcome. */
  @Nullable TimedChannel reusable() {
    return isReusable ? channel : null;
  }

  /** Whether the source's files can't be read from here; after the outcome. */
  boolean cannotReadFiles() {
    return cannotReadFiles;
  }

  /** Ends the pull soon. Any thread. */
  void cancel() {
    isCancelled = true;
    TimedChannel current = channel;
    if (current != null) {
      current.close();
    }
  }

  void expire(long nowNanos) {
    TimedChannel current = channel;
    if (current != null) {
      current.expire(nowNanos);
    }
  }

  /** Pulls; blocks until the outcome. */
  PullOutcome run() {
    while (true) {
      try {
        TimedChannel connection = connect();
        return transfer(connection);
      } catch (IOException e) {
        TimedChannel broken = channel;
        if (broken != null) {
          broken.close();
        }
        boolean isStale = isReused && !hasAnswer;
        if (!isStale || isCancelled) {
          return new PullOutcome.Failed(isCancelled ? "cancelled" : describe(e));
        }
        // The source closed the idle connection before this request reached it: dial anew, once.
        isReused = false;
        channel = null;
      }
    }
  }

  private TimedChannel connect() throws IOException {
    TimedChannel current = channel;
    if (current != null) {
      return current;
    }
    InetSocketAddress target = resolve(order.address());
    SocketChannel socket = SocketChannel.open();
    TimedChannel dialled = new TimedChannel(socket, clock);
    channel = dialled;
    if (isCancelled) {
      dialled.close();
    }
    dialled.connect(target, config.handshakeTimeout());
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    byte[] nonce = new byte[DataProtocol.NONCE_BYTES];
    random.nextBytes(nonce);
    DataProtocol.greetSource(dialled, secret, nonce, config.handshakeTimeout());
    return dialled;
  }

  private PullOutcome transfer(TimedChannel connection) throws IOException {
    PullRequest.Builder request =
        PullMessages.request(order.request()).setSourceNode(order.sourceNode());
    if (localFiles != null) {
      request.setHostId(config.hostId());
    }
    DataProtocol.writeMessage(connection, request.build(), config.stallTimeout());
    PullResponse response =
        PullResponse.parseFrom(
            DataProtocol.readMessage(
                connection, config.answerTimeout().multipliedBy(2), config.stallTimeout()));
    hasAnswer = true;
    if (response.getBusy()) {
      connection.close();
      return new PullOutcome.Busy();
    }
    if (response.hasFailure()) {
      isReusable = true;
      return new PullOutcome.Missing(response.getFailure().getMessage());
    }
    SourceReport report = PullMessages.report(response);
    if (response.getAbsent()) {
      isReusable = true;
      return new PullOutcome.Absent(report);
    }
    if (order.stamp() != 0 && order.stamp() != report.stamp()) {
      // Bytes that nobody wants are on their way: the connection can't be used again.
      connection.close();
      return new PullOutcome.OtherCopy();
    }
    PartStream stream = new PartStream(connection, config.blockBytes(), config.stallTimeout());
    if (response.hasFile()) {
      return copy(connection, stream, response.getFile(), report);
    }
    boolean isRight = stream.receive(order.destination());
    isReusable = true;
    return isRight
        ? new PullOutcome.Complete(report)
        : new PullOutcome.Corrupt("checksum is wrong: part=" + order.request());
  }

  private PullOutcome copy(
      TimedChannel connection, PartStream stream, StoreFileRange range, SourceReport report)
      throws IOException {
    if (localFiles == null) {
      throw new ProtocolException("source names a file, which was not asked for");
    }
    try (LocalFiles.Opened opened = localFiles.open(range, order.destination().sizeBytes())) {
      stream.copy(opened.memory(), order.destination());
    } catch (IOException e) {
      cannotReadFiles = true;
      throw e;
    }
    DataProtocol.writeMessage(
        connection, PullRequest.newBuilder().setFileRead(true).build(), config.stallTimeout());
    isReusable = true;
    return new PullOutcome.Complete(report, true);
  }

  private static InetSocketAddress resolve(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    if (colon < 1) {
      throw new ProtocolException("data address is not host:port: address=" + address);
    }
    String host = address.substring(0, colon).replace("[", "").replace("]", "");
    int port;
    try {
      port = Integer.parseInt(address.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new ProtocolException("data address has no port: address=" + address);
    }
    InetSocketAddress target = new InetSocketAddress(host, port);
    if (target.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    return target;
  }

  private static String describe(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
