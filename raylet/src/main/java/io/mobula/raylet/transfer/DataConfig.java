package io.mobula.raylet.transfer;

import java.time.Duration;

/**
 * Bounds of the bulk data port and of the connections to others' ports.
 *
 * @param chunkBytes bytes moved between two looks at cancellation; also what a time-out is for
 * @param connectionsMax connections that a port serves at a time; more are closed at once
 * @param handshakeTimeout from connect to a proven secret
 * @param answerTimeout from a request to its answer, which may wait for the object to be sealed
 * @param stallTimeout for each chunk
 * @param idleTimeout after which the pulling side closes an unused connection; the source waits
 *     twice as long
 */
public record DataConfig(
    int chunkBytes,
    int connectionsMax,
    Duration handshakeTimeout,
    Duration answerTimeout,
    Duration stallTimeout,
    Duration idleTimeout) {

  /** What a raylet uses unless told otherwise. */
  public static final DataConfig DEFAULT =
      new DataConfig(
          4 << 20,
          512,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30));

  /** Refuses bounds that nothing could work with. */
  public DataConfig {
    if (chunkBytes < 1 || connectionsMax < 1) {
      throw new IllegalArgumentException(
          "Not positive: chunkBytes=" + chunkBytes + ", connectionsMax=" + connectionsMax);
    }
  }
}
