package io.mobula.raylet.node;

import io.mobula.raylet.objects.ObjectUsage;

/**
 * Decides when processes are asked to collect garbage. Deterministic; owned by the raylet's loop.
 *
 * <p>A program that drops references without filling its heap holds memory of the store: its
 * objects are garbage that nobody has found. So processes are asked <b>urgently</b> while objects
 * wait for room, once a second. And they are asked <b>in passing</b> whenever an eighth of the
 * store has been filled since the last time, so that garbage is neither written to disk nor keeps
 * new objects from memory that is hot. If that frees little, the part doubles, up to the whole
 * store: what fills it then is alive.
 */
final class GarbagePolicy {
  /** Between two urgent calls. */
  static final long URGENT_PAUSE_NANOS = 1_000_000_000L;

  /** Between two others; how much they cost bounds each process for itself. */
  static final long PAUSE_NANOS = 100_000_000L;

  private static final long JUDGEMENT_NANOS = 1_000_000_000L;
  private static final int CALLS_FOR_ONE_ELSEWHERE = 4;

  /** Eighths of the store. */
  private static final int PARTS = 8;

  /** What to do now. */
  enum Decision {
    NOTHING,
    /** Ask the processes of this node, who may ignore it. */
    IN_PASSING,
    /** Ask the processes of this node. */
    URGENT,
    /** Ask them, and the owners on other nodes. */
    URGENT_EVERYWHERE
  }

  private long askedNanos = Long.MIN_VALUE;
  private long urgedNanos = Long.MIN_VALUE;
  private int urgentCalls;
  private long partBytes;
  private long lowestBytes = Long.MAX_VALUE;
  private long lastBytes;

  /** What was freed since the last judgement on whether asking helps, which takes a second. */
  private long freedBytes;

  private long judgedNanos = Long.MIN_VALUE;

  /** Call it often. */
  Decision decide(ObjectUsage usage, long nowNanos) {
    long usedBytes = usage.usedBytes();
    freedBytes += Math.max(0, lastBytes - usedBytes);
    lastBytes = usedBytes;
    lowestBytes = Math.min(lowestBytes, usedBytes);
    if (usage.waitingCreates() > 0) {
      if (isWithin(URGENT_PAUSE_NANOS, urgedNanos, nowNanos)) {
        return Decision.NOTHING;
      }
      urgedNanos = nowNanos;
      asked(nowNanos);
      return urgentCalls++ % CALLS_FOR_ONE_ELSEWHERE == 0
          ? Decision.URGENT_EVERYWHERE
          : Decision.URGENT;
    }
    urgentCalls = 0;
    long leastBytes = Math.max(1, usage.capacityBytes() / PARTS);
    partBytes = Math.max(partBytes, leastBytes);
    if (usedBytes - lowestBytes < partBytes || isWithin(PAUSE_NANOS, askedNanos, nowNanos)) {
      return Decision.NOTHING;
    }
    if (judgedNanos == Long.MIN_VALUE) {
      judgedNanos = nowNanos;
    } else if (!isWithin(JUDGEMENT_NANOS, judgedNanos, nowNanos)) {
      partBytes =
          freedBytes >= partBytes / 4
              ? Math.max(partBytes / 2, leastBytes)
              : Math.min(2 * partBytes, Math.max(1, usage.capacityBytes()));
      judgedNanos = nowNanos;
      freedBytes = 0;
    }
    asked(nowNanos);
    return Decision.IN_PASSING;
  }

  private static boolean isWithin(long pauseNanos, long sinceNanos, long nowNanos) {
    return sinceNanos != Long.MIN_VALUE && nowNanos - sinceNanos < pauseNanos;
  }

  private void asked(long nowNanos) {
    askedNanos = nowNanos;
    lowestBytes = lastBytes;
  }
}
