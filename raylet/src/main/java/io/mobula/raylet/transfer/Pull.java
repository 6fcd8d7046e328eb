package io.mobula.raylet.transfer;

import io.mobula.agent.loop.Clock;
import io.mobula.proto.PullRequest;
import io.mobula.proto.PullResponse;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One object on its way from one source.
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
  private volatile @Nullable TimedChannel channel;
  private volatile boolean isCancelled;
  private boolean isReused;
  private boolean isReusable;
  private boolean hasAnswer;
  private long receivedBytes;

  Pull(
      PullOrder order,
      DataConfig config,
      DataSecret secret,
      Random random,
      Clock clock,
      @Nullable TimedChannel idleChannel) {
    this.order = order;
    this.config = config;
    this.secret = secret;
    this.random = random;
    this.clock = clock;
    this.channel = idleChannel;
    this.isReused = idleChannel != null;
    this.receivedBytes = order.firstByte();
  }

  String address() {
    return order.address();
  }

  /** A connection that the next pull from this address may use, after the outcome. */
  @Nullable TimedChannel reusable() {
    return isReusable ? channel : null;
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
          return new PullOutcome.Failed(isCancelled ? "cancelled" : describe(e), receivedBytes);
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
    PullRequest request = PullRequest.newBuilder().setId(order.key().toProto()).build();
    DataProtocol.writeFrame(connection, order.firstByte(), request, config.stallTimeout());
    DataProtocol.Frame frame =
        DataProtocol.readFrame(
            connection, config.answerTimeout().multipliedBy(2), config.stallTimeout());
    hasAnswer = true;
    PullResponse response = PullResponse.parseFrom(frame.message());
    if (response.hasFailure()) {
      isReusable = true;
      return new PullOutcome.Missing(response.getFailure().getMessage());
    }
    long sizeBytes = order.destination().byteSize();
    if (response.getSizeBytes() != sizeBytes || frame.firstByte() != order.firstByte()) {
      // Bytes that nobody wants are on their way: the connection can't be used again.
      connection.close();
      return new PullOutcome.Missing(
          "object has another size there: sizeBytes="
              + response.getSizeBytes()
              + ", expectedBytes="
              + sizeBytes);
    }
    receive(connection, order.destination());
    isReusable = true;
    return new PullOutcome.Complete();
  }

  private void receive(TimedChannel connection, MemorySegment destination) throws IOException {
    while (receivedBytes < destination.byteSize()) {
      long lengthBytes = Math.min(config.chunkBytes(), destination.byteSize() - receivedBytes);
      connection.readFully(
          destination.asSlice(receivedBytes, lengthBytes).asByteBuffer(), config.stallTimeout());
      receivedBytes += lengthBytes;
      if (isCancelled) {
        throw new IOException("cancelled");
      }
    }
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
