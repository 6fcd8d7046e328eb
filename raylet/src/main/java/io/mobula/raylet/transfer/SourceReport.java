package io.mobula.raylet.transfer;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * What a source says about its copy of an object beside the bytes.
 *
 * @param stamp tells copies apart; parts of different copies must not be mixed
 * @param parts what a source that pulls the object itself has of it, or empty if it has everything;
 *     not to be changed
 * @param readerNodes other nodes that pull the object from this source, or did
 */
public record SourceReport(long stamp, Optional<Parts> parts, List<Integer> readerNodes) {

  /** The whole object. */
  public static SourceReport whole(long stamp, List<Integer> readerNodes) {
    return new SourceReport(stamp, Optional.empty(), readerNodes);
  }

  /**
   * Which parts of an object are there.
   *
   * @param partBytes the size of a part; the last may be smaller
   * @param present the numbers of those that are there
   */
  public record Parts(long partBytes, BitSet present) {}
}
