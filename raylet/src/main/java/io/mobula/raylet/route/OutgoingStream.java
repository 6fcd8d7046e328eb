package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes to another raylet. Each packet has a number, counted from 1 and not written into it,
 * and is kept until the other side has said that it has it; so a link that breaks loses nothing.
 *
 * <pre>
 *   acknowledged   |  kept: given to a link  |  kept: not yet given to any
 *   ...            |  firstKept ... handed   |  handed + 1 ...
 * </pre>
 */
final class OutgoingStream {
  private final ArrayDeque<byte[]> kept = new ArrayDeque<>();
  private long firstKept = 1;
  private long handed;
  private long keptBytes;

  /** Adds a packet; {@link #handOver} or the next {@link #handOverAll} sends it. */
  void add(byte[] packet) {
    kept.addLast(packet);
    keptBytes += packet.length;
  }

  /** Sends the packet that was added last; all before it have been handed over. */
  void handOver(Link link) {
    handed++;
    // If the link is closed by now, its end is about to be told, and the packet is kept.
    link.sendRaw(kept.getLast());
  }

  /** Sends everything that is kept, to a link that has carried nothing of it. */
  void handOverAll(Link link) {
    for (byte[] packet : kept) {
      link.sendRaw(packet);
    }
    handed = firstKept + kept.size() - 1;
  }

  /**
   * The other side has this many packets; it may repeat itself.
   *
   * @return false if it can't have that many
   */
  boolean acknowledge(long count) {
    if (count > handed) {
      return false;
    }
    while (firstKept <= count) {
      keptBytes -= kept.removeFirst().length;
      firstKept++;
    }
    return true;
  }

  /** The number of the first packet that {@link #handOverAll} would send. */
  long firstKept() {
    return firstKept;
  }

  long keptBytes() {
    return keptBytes;
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /** The other side has nothing of it for certain: it is to be handed over from 1 on. */
  void rewind() {
    handed = 0;
  }

  /** Whether the other side has said that it has some. */
  boolean isAcknowledged() {
    return firstKept > 1;
  }

  /**
   * Forgets everything and counts from 1 again.
   *
   * @return the packets that no link was ever given, in order: certainly not delivered
   */
  List<byte[]> reset() {
    int sent = (int) (handed - firstKept + 1);
    List<byte[]> neverSent = new ArrayList<>(kept).subList(sent, kept.size());
    kept.clear();
    firstKept = 1;
    handed = 0;
    keptBytes = 0;
    return neverSent;
  }
}
