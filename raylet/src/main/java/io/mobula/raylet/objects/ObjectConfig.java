package io.mobula.raylet.objects;

import io.mobula.raylet.transfer.DataConfig;
import java.time.Duration;

/**
 * How a node treats its objects.
 *
 * @param fullTimeout how long an object may wait for room while none is freed before it fails
 * @param regrowPause how long the store does not ask for memory after the system refused it
 * @param linkPieceBytes size of the pieces in which objects travel on links
 * @param pull bounds of pulling
 * @param data bounds of the bulk data connections
 * @param spill when it spills, and how much
 * @param aheadBytes how much free memory the store keeps populated, so that creating an object need
 *     not wait for it; 0 to populate only what is asked for
 */
public record ObjectConfig(
    Duration fullTimeout,
    Duration regrowPause,
    int linkPieceBytes,
    PullConfig pull,
    DataConfig data,
    SpillConfig spill,
    long aheadBytes) {

  private static final long AHEAD_BYTES_MAX = (1L << 30) + (64 << 20);
  private static final int CAPACITY_PER_AHEAD = 6;

  /** Refuses bounds that nothing could work with. */
  public ObjectConfig {
    if (linkPieceBytes < 1) {
      throw new IllegalArgumentException("Not positive: linkPieceBytes=" + linkPieceBytes);
    }
  }

  /** What a raylet with a store of this size uses unless told otherwise. */
  public static ObjectConfig ofCapacity(long capacityBytes, SpillConfig spill) {
    return new ObjectConfig(
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        512 << 10,
        PullConfig.ofCapacity(capacityBytes),
        DataConfig.DEFAULT,
        spill,
        0);
  }

  /** The same for a store of this size that populates memory ahead: a part of it, at most a GiB. */
  public ObjectConfig growingAhead(long capacityBytes) {
    return new ObjectConfig(
        fullTimeout,
        regrowPause,
        linkPieceBytes,
        pull,
        data,
        spill,
        Math.min(capacityBytes / CAPACITY_PER_AHEAD, AHEAD_BYTES_MAX));
  }

  /** The same with another time for which objects are tried that can't be reached. */
  public ObjectConfig withPullGrace(Duration grace) {
    return new ObjectConfig(
        fullTimeout, regrowPause, linkPieceBytes, pull.withGrace(grace), data, spill, aheadBytes);
  }

  /** The same with other bounds of the data connections. */
  public ObjectConfig withData(DataConfig other) {
    return new ObjectConfig(
        fullTimeout, regrowPause, linkPieceBytes, pull, other, spill, aheadBytes);
  }
}
