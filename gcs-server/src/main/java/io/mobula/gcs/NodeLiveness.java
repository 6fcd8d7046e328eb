package io.mobula.gcs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which nodes are dead: one whose stream is closed and does not come back within a grace,
 * one whose heartbeats stay away. Time is given. Owner thread: the GCS's loop.
 */
final class NodeLiveness {
  private final long silenceMaxNanos;
  private final long redialGraceNanos;
  private final Map<Integer, Entry> nodes = new LinkedHashMap<>();

  /**
   * Bounds.
   *
   * @param silenceMaxNanos without any packet
   * @param redialGraceNanos without a stream
   */
  NodeLiveness(long silenceMaxNanos, long redialGraceNanos) {
    this.silenceMaxNanos = silenceMaxNanos;
    this.redialGraceNanos = redialGraceNanos;
  }

  /** A node that is dead, and why. */
  record Verdict(int node, String reason) {}

  void onOpen(int node, long nowNanos) {
    nodes.put(node, new Entry(nowNanos, true, nowNanos, ""));
  }

  void onHeard(int node, long nowNanos) {
    nodes.computeIfPresent(node, (number, old) -> old.heard(nowNanos));
  }

  void onClosed(int node, String reason, long nowNanos) {
    nodes.put(node, new Entry(nowNanos, false, nowNanos, reason));
  }

  void forget(int node) {
    nodes.remove(node);
  }

  /** Those that are dead by now; they are forgotten. */
  List<Verdict> check(long nowNanos) {
    List<Verdict> verdicts = new ArrayList<>();
    nodes.forEach((node, entry) -> {
      if (!entry.isOpen && nowNanos - entry.changedAtNanos >= redialGraceNanos) {
        verdicts.add(new Verdict(node, "its connection to the GCS closed: " + entry.closeReason));
      } else if (entry.isOpen && nowNanos - entry.heardAtNanos >= silenceMaxNanos) {
        long silentMillis = (nowNanos - entry.heardAtNanos) / 1_000_000;
        verdicts.add(new Verdict(node, "no heartbeat came for " + silentMillis + " ms"));
      }
    });
    verdicts.forEach(verdict -> nodes.remove(verdict.node));
    return verdicts;
  }

  private record Entry(long heardAtNanos, boolean isOpen, long changedAtNanos, String closeReason) {
    Entry heard(long nowNanos) {
      return new Entry(nowNanos, isOpen, changedAtNanos, closeReason);
    }
  }
}
