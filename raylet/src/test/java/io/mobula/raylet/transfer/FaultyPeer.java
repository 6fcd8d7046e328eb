package io.mobula.raylet.transfer;

import io.mobula.agent.loop.SystemClock;
import io.mobula.proto.PullRequest;
import io.mobula.proto.PullResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.Executor;

/** A data port that knows the secret, answers one request with zeros, and does one thing wrong. */
public final class FaultyPeer implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long STAMP = 1;

  private final ServerSocketChannel listener;
  private final Fault fault;
  private final DataSecret secret;

  /** What it does wrong. */
  public enum Fault {
    /** The checksum is not that of the bytes. */
    CORRUPTS,
    /** It closes the connection before all bytes are sent. */
    TRUNCATES,
    /** It sends half of the bytes and then nothing. */
    STALLS,
    /** The answer is no message. */
    BABBLES
  }

  /** Begins to serve. */
  public FaultyPeer(Fault fault, DataSecret secret, Executor threads) throws IOException {
    this.fault = fault;
    this.secret = secret;
    this.listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    threads.execute(this::accept);
  }

  public int port() throws IOException {
    return ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (listener.isOpen()) {
      try (TimedChannel reader = new TimedChannel(listener.accept(), SystemClock.INSTANCE)) {
        answer(reader);
      } catch (IOException e) {
        // The reader has had enough, or the test has ended.
        System.getLogger("test").log(System.Logger.Level.DEBUG, "faulty peer", e);
      }
    }
  }

  private void answer(TimedChannel reader) throws IOException {
    if (!DataProtocol.greetReader(reader, secret, new byte[DataProtocol.NONCE_BYTES], TIMEOUT)) {
      throw new IOException("reader does not know the secret");
    }
    PullRequest request = PullRequest.parseFrom(DataProtocol.readMessage(reader, TIMEOUT, TIMEOUT));
    if (fault == Fault.BABBLES) {
      reader.writeFully(ByteBuffer.allocate(8).putInt(4).putInt(-1).flip(), TIMEOUT);
      return;
    }
    DataProtocol.writeMessage(reader, PullResponse.newBuilder().setStamp(STAMP).build(), TIMEOUT);
    int lengthBytes = (int) request.getLengthBytes();
    boolean isWhole = fault == Fault.CORRUPTS;
    reader.writeFully(ByteBuffer.allocate(isWhole ? lengthBytes : lengthBytes / 2), TIMEOUT);
    if (isWhole) {
      reader.writeFully(ByteBuffer.allocate(Integer.BYTES), TIMEOUT);
    }
    if (fault == Fault.STALLS) {
      reader.readFully(ByteBuffer.allocate(1), TIMEOUT);
    }
  }
}
