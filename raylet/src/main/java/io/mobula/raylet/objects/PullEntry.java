package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What the pull table knows about one object; changed by the table alone. */
final class PullEntry {

  /** Where a pull is in its life. */
  enum State {
    /** Waits until others have ended; has nothing. */
    QUEUED,
    /** Admitted; waits for memory. */
    RESERVING,
    /** Has memory; every source that may be asked is busy. */
    READY,
    /** Bytes come. */
    TRANSFERRING,
    /** All sources failed; pauses before the next round. */
    PAUSING,
    /** Nobody wants it any more, but its transfer still writes to its memory. */
    CANCELLING
  }

  /** A node that is said to have the object. */
  static final class Source {
    final int node;

    /** The last round in which it was tried. */
    int triedRound;

    /** Whether asking again is in vain. */
    boolean isGone;

    String outcome = "not tried";

    Source(int node) {
      this.node = node;
    }

    void fail(int round, String reason) {
      triedRound = round;
      outcome = reason;
    }

    void lose(String reason) {
      isGone = true;
      outcome = reason;
    }
  }

  final ObjectKey key;
  final long sizeBytes;
  final Map<Integer, Source> sources = new LinkedHashMap<>();
  State state = State.QUEUED;
  int round = 1;
  int attempt;
  long wakeNanos;

  /** The node of the current or last transfer; 0 before the first. */
  int node;

  /** What the last transfer left, good only for going on with the same node's copy. */
  long receivedBytes;

  boolean isWantedAgain;

  PullEntry(ObjectKey key, long sizeBytes) {
    this.key = key;
    this.sizeBytes = sizeBytes;
  }

  boolean hasHope() {
    return sources.values().stream().anyMatch(source -> !source.isGone);
  }

  /** What became of each source, for people. */
  String describe() {
    String tried =
        sources.values().stream()
            .map(source -> "node " + source.node + ": " + source.outcome)
            .collect(Collectors.joining("; "));
    return "id="
        + key
        + ", sizeBytes="
        + sizeBytes
        + ", tried=["
        + (tried.isEmpty() ? "no node has a copy" : tried)
        + "]";
  }
}
