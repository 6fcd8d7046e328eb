package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What comes from another raylet: tells packets that are new from those that came before, over a
 * link that broke.
 *
 * <p>One link counts at a time: the one that the other side began last. What still arrives over an
 * older one is dropped, since it comes again over the newer.
 */
final class IncomingStream {
  /** So many packets, or bytes, are received before the other side is told. */
  static final int UNACKNOWLEDGED_PACKETS_MAX = 256;

  static final long UNACKNOWLEDGED_BYTES_MAX = 1L << 20;

  private @Nullable Link link;
  private long beginning;
  private long next;
  private long received;
  private int unacknowledgedPackets;
  private long unacknowledgedBytes;

  /**
   * Packets come over this link from now on.
   *
   * @param number of the beginning, as the other side counts
   * @return false if a later beginning is known
   */
  boolean begin(Link newLink, long number, long firstPacket) {
    if (number <= beginning) {
      return false;
    }
    beginning = number;
    link = newLink;
    next = firstPacket;
    return true;
  }

  /** Whether packets before that one are missing here. */
  boolean wouldMiss(long firstPacket) {
    return firstPacket > received + 1;
  }

  /** Whether this packet, the next one of its link, is new. */
  boolean accept(Link from, int sizeBytes) {
    if (!Objects.equals(link, from)) {
      return false;
    }
    long number = next++;
    if (number <= received) {
      return false;
    }
    received = number;
    unacknowledgedPackets++;
    unacknowledgedBytes += sizeBytes;
    return true;
  }

  boolean isAcknowledgementDue() {
    return unacknowledgedPackets >= UNACKNOWLEDGED_PACKETS_MAX
        || unacknowledgedBytes >= UNACKNOWLEDGED_BYTES_MAX;
  }

  /** How many packets have come; the other side is being told. */
  long acknowledge() {
    unacknowledgedPackets = 0;
    unacknowledgedBytes = 0;
    return received;
  }

  /** The link is closed. */
  void ended(Link closed) {
    if (Objects.equals(link, closed)) {
      link = null;
    }
  }

  /** Whether anything ever came. */
  boolean hasBegun() {
    return beginning > 0;
  }

  /** Takes nothing until the next beginning, and counts from 1 again. */
  void reset() {
    link = null;
    next = 0;
    received = 0;
    acknowledge();
  }
}
