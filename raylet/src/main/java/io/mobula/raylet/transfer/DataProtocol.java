package io.mobula.raylet.transfer;

import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/**
 * What goes over a data connection.
 *
 * <pre>
 *   source                                                     reader
 *     magic (8) · source's nonce (32)                 ───────►
 *                       ◄───────  reader's nonce (32) · reader's proof (32)
 *     source's proof (32)                             ───────►           then, any number of times:
 *                       ◄───────  length (4) · first byte (8) · PullRequest
 *     length (4) · first byte (8) · PullResponse      ───────►
 *     the object's bytes from the first byte on       ───────►           unless the answer is a failure
 * </pre>
 *
 * <p>Numbers are big-endian; a length is that of the message alone. A source that can't go on
 * closes the connection; so does a reader that does not want the rest. A side whose peer proves
 * nothing closes without a word.
 */
final class DataProtocol {

  static final int NONCE_BYTES = 32;
  static final int FRAME_HEADER_BYTES = Integer.BYTES + Long.BYTES;
  static final int MESSAGE_BYTES_MAX = 64 << 10;

  /** "MOBULA", 'D' for data, and the version of this drawing. */
  private static final byte[] MAGIC = {'M', 'O', 'B', 'U', 'L', 'A', 'D', 1};

  private DataProtocol() {}

  /** The source's half of the handshake; returns whether the reader knows the secret. */
  static boolean greetReader(
      TimedChannel channel, DataSecret secret, byte[] nonce, Duration timeout) throws IOException {
    channel.writeFully(join(MAGIC, nonce), timeout);
    byte[] answer = read(channel, NONCE_BYTES + DataSecret.PROOF_BYTES, timeout);
    byte[] readerNonce = Arrays.copyOf(answer, NONCE_BYTES);
    byte[] proof = Arrays.copyOfRange(answer, NONCE_BYTES, answer.length);
    if (!secret.isProof(proof, DataSecret.Side.READER, nonce, readerNonce)) {
      return false;
    }
    byte[] mine = secret.proof(DataSecret.Side.SOURCE, nonce, readerNonce);
    channel.writeFully(ByteBuffer.wrap(mine), timeout);
    return true;
  }

  /** The reader's half of the handshake. */
  static void greetSource(TimedChannel channel, DataSecret secret, byte[] nonce, Duration timeout)
      throws IOException {
    byte[] greeting = read(channel, MAGIC.length + NONCE_BYTES, timeout);
    if (!Arrays.equals(greeting, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new ProtocolException("peer is no data port of this Mobula version");
    }
    byte[] sourceNonce = Arrays.copyOfRange(greeting, MAGIC.length, greeting.length);
    byte[] mine = secret.proof(DataSecret.Side.READER, sourceNonce, nonce);
    channel.writeFully(join(nonce, mine), timeout);
    byte[] proof;
    try {
      proof = read(channel, DataSecret.PROOF_BYTES, timeout);
    } catch (IOException e) {
      throw new ProtocolException(
          "data port closed during authentication, probably another cluster's: " + e.getMessage());
    }
    if (!secret.isProof(proof, DataSecret.Side.SOURCE, sourceNonce, nonce)) {
      throw new ProtocolException("data port does not know the cluster's secret");
    }
  }

  static void writeFrame(
      TimedChannel channel, long firstByte, MessageLite message, Duration timeout)
      throws IOException {
    byte[] body = message.toByteArray();
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + body.length);
    frame.putInt(body.length).putLong(firstByte).put(body).flip();
    channel.writeFully(frame, timeout);
  }

  /** Reads a frame's header and body. */
  static Frame readFrame(TimedChannel channel, Duration headTimeout, Duration bodyTimeout)
      throws IOException {
    ByteBuffer header = ByteBuffer.wrap(read(channel, FRAME_HEADER_BYTES, headTimeout));
    int lengthBytes = header.getInt();
    long firstByte = header.getLong();
    if (lengthBytes < 0 || lengthBytes > MESSAGE_BYTES_MAX || firstByte < 0) {
      throw new ProtocolException(
          "data frame is out of bounds: lengthBytes=" + lengthBytes + ", firstByte=" + firstByte);
    }
    return new Frame(firstByte, ByteBuffer.wrap(read(channel, lengthBytes, bodyTimeout)));
  }

  private static byte[] read(TimedChannel channel, int lengthBytes, Duration timeout)
      throws IOException {
    byte[] bytes = new byte[lengthBytes];
    channel.readFully(ByteBuffer.wrap(bytes), timeout);
    return bytes;
  }

  private static ByteBuffer join(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).flip();
  }

  /**
   * A message and where its object's bytes start.
   *
   * @param firstByte counted from the start of the object
   */
  record Frame(long firstByte, ByteBuffer message) {}
}
