package io.mobula.raylet.transfer;

import java.time.Duration;

/**
 * Bounds of the bulk data port and of the connections to others' ports.
 *
 * @param blockBytes bytes moved at a time; also what a time-out is for
 * @param connectionsMax connections that a port serves at a time; more are told that it is busy
 * @param strangersMax connections that have not proved the secret yet; a new one takes the place of
 *     the oldest
 * @param handshakeTimeout from connect to a proven secret
 * @param answerTimeout from a request to its answer, which may wait for the object to be sealed
 * @param stallTimeout for each block
 * @param idleTimeout after which the pulling side closes an unused connection; the source waits
 *     twice as long
 * @param hostId this machine, if objects of its other nodes may be copied from memory to memory;
 *     empty if all bytes must come over connections
 */
public record DataConfig(
    int blockBytes,
    int connectionsMax,
    int strangersMax,
    Duration handshakeTimeout,
    Duration answerTimeout,
    Duration stallTimeout,
    Duration idleTimeout,
    String hostId) {

  /** What a raylet uses unless told otherwise. */
  public static final DataConfig DEFAULT =
      new DataConfig(
          4 << 20,
          512,
          16,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          "");

  /** Refuses bounds that nothing could work with. */
  public DataConfig {
    if (blockBytes < 1 || connectionsMax < 1 || strangersMax < 1) {
      throw new IllegalArgumentException(
          "Not positive: blockBytes="
              + blockBytes
              + ", connectionsMax="
              + connectionsMax
              + ", strangersMax="
              + strangersMax);
    }
  }

  /** The same for nodes of this machine. */
  public DataConfig withHostId(String id) {
    return new DataConfig(
        blockBytes,
        connectionsMax,
        strangersMax,
        handshakeTimeout,
        answerTimeout,
        stallTimeout,
        idleTimeout,
        id);
  }
}
