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
 *                       ◄───────  length (4) · PullRequest
 *     length (4) · PullResponse                       ───────►
 *     the part's bytes · CRC-32C of them (4)          ───────►           if the answer has bytes
 *                       ◄───────  length (4) · PullRequest               if the answer names a file: it was read
 * </pre>
 *
 * <p>Numbers are big-endian; a length is that of the message alone. A source that can't go on
 * closes the connection; so does a reader that does not want the rest. A side whose peer proves
 * nothing closes without a word.
 */
final class DataProtocol {

  static final int NONCE_BYTES = 32;
  static final int MESSAGE_BYTES_MAX = 64 << 10;

  /** "MOBULA", 'D' for data, and the version of this drawing. */
  private static final byte[] MAGIC = {'M', 'O', 'B', 'U', 'L', 'A', 'D', 2};

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

  static void writeMessage(TimedChannel channel, MessageLite message, Duration timeout)
      throws IOException {
    byte[] body = message.toByteArray();
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + body.length);
    channel.writeFully(frame.putInt(body.length).put(body).flip(), timeout);
  }

  /**
   * Reads the bytes of a message.
   *
   * @param headTimeout until the length is there
   * @param bodyTimeout until the rest is
   */
  static byte[] readMessage(TimedChannel channel, Duration headTimeout, Duration bodyTimeout)
      throws IOException {
    int lengthBytes = ByteBuffer.wrap(read(channel, Integer.BYTES, headTimeout)).getInt();
    if (lengthBytes < 0 || lengthBytes > MESSAGE_BYTES_MAX) {
      throw new ProtocolException("message is out of bounds: lengthBytes=" + lengthBytes);
    }
    return read(channel, lengthBytes, bodyTimeout);
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
}
