package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What the pull table knows about one object; changed by the table alone. */
final class PullEntry {

  /** The golden ratio: nodes that begin at its multiples begin far from each other. */
  private static final double SPREAD = 0.618_033_988_749_895;

  /** Where a pull is in its life. */
  enum State {
    /** Waits until others have ended; has nothing. */
    QUEUED,
    /** Admitted; waits for memory. */
    RESERVING,
    /** Has memory; parts come, or will. */
    PULLING,
    /** Nobody wants it any more, but transfers still write to its memory. */
    CANCELLING
  }

  /** A transfer of one part. */
  record Lane(PullSource source, int part) {}

  final ObjectKey key;
  final long sizeBytes;
  final int partCount;
  final Map<Integer, PullSource> sources = new LinkedHashMap<>();
  final Map<Integer, Lane> lanes = new LinkedHashMap<>();

  /** Parts that have come. */
  final BitSet done = new BitSet();

  /** Parts that come. */
  final BitSet taken = new BitSet();

  State state = State.QUEUED;
  int lastAttempt;
  boolean isWantedAgain;

  /** Of the copy that the parts belong to; 0 before the first. */
  long stamp;

  /** Of the task that made it, as its owner says. */
  final int taskAttempt;

  /** When a part came last, or another sign that there is a source; or when it was first wanted. */
  long heardNanos;

  /** When the owner was last asked for other nodes. */
  long askedNanos;

  boolean isAsked;

  /** When a source's rest ends for which there would be work; {@link Long#MAX_VALUE} for none. */
  long wakeNanos = Long.MAX_VALUE;

  private final int firstPart;
  private final long partBytes;

  PullEntry(
      ObjectKey key, long sizeBytes, int taskAttempt, long partBytes, int selfNode, long nowNanos) {
    this.key = key;
    this.sizeBytes = sizeBytes;
    this.taskAttempt = taskAttempt;
    this.heardNanos = nowNanos;
    this.partBytes = partBytes;
    this.partCount = Math.toIntExact(Math.max(1, Math.ceilDiv(sizeBytes, partBytes)));
    double place = selfNode * SPREAD;
    this.firstPart = (int) ((place - Math.floor(place)) * partCount);
  }

  long firstByte(int part) {
    return part * partBytes;
  }

  long lengthBytes(int part) {
    return Math.min(partBytes, sizeBytes - firstByte(part));
  }

  /** Whether all bytes of the range have come. */
  boolean has(long firstByte, long lengthBytes) {
    if (lengthBytes == 0) {
      return done.cardinality() == partCount;
    }
    int first = (int) (firstByte / partBytes);
    int end = (int) ((firstByte + lengthBytes - 1) / partBytes) + 1;
    return done.nextClearBit(first) >= end;
  }

  boolean isWhole() {
    return done.cardinality() == partCount;
  }

  boolean hasWork() {
    return done.cardinality() + taken.cardinality() < partCount;
  }

  /**
   * The part to ask a source for, -1 if none. Each node begins elsewhere, so that nodes which begin
   * at the same time soon have something to give to each other.
   *
   * @param isAsking whether to ask for a part that the source may have got meanwhile
   */
  int nextPart(PullSource source, boolean isAsking) {
    for (int i = 0; i < partCount; i++) {
      int part = (firstPart + i) % partCount;
      if (!done.get(part) && !taken.get(part) && (isAsking || source.mayHave(part))) {
        return part;
      }
    }
    return -1;
  }

  /** Forgets what has come, and takes any copy from now on. */
  void startOver() {
    done.clear();
    stamp = 0;
    sources.replaceAll((node, source) -> source.hasOtherCopy ? new PullSource(node) : source);
  }

  /** Whether nothing comes, because none of the sources that may have it can be reached. */
  boolean isOutOfReach() {
    return lanes.isEmpty()
        && hasHope()
        && sources.values().stream().allMatch(source -> source.isGone || source.isOutOfReach());
  }

  boolean hasOtherCopies() {
    return sources.values().stream().anyMatch(source -> source.hasOtherCopy);
  }

  boolean hasHope() {
    return sources.values().stream().anyMatch(source -> !source.isGone);
  }

  /** Whether there is a source that makes all others unnecessary. */
  boolean hasBest(long nowNanos) {
    return sources.values().stream().anyMatch(source -> source.isBest(nowNanos));
  }

  int sourcesInUse() {
    return (int) sources.values().stream().filter(source -> source.running > 0).count();
  }

  /** What became of each source, for people. */
  String describe() {
    String tried =
        sources.values().stream()
            .map(source -> "node " + Integer.toUnsignedString(source.node) + ": " + source.outcome)
            .collect(Collectors.joining("; "));
    return "id="
        + key
        + ", sizeBytes="
        + sizeBytes
        + ", parts="
        + done.cardinality()
        + "/"
        + partCount
        + ", tried=["
        + (tried.isEmpty() ? "no node has a copy" : tried)
        + "]";
  }
}
