package io.mobula.agent.loop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells producers whether the loop sleeps, so that only one of them pays for waking it, and only
 * then.
 *
 * <p>How it works. The loop and a producer each write one place, then read the other's:
 *
 * <pre>
 *   producer                               loop
 *   P1 claim a slot in the queue (CAS)     L1 isAsleep = true
 *   P2 read isAsleep                       L2 read the queue's indexes
 *      true: CAS to false, wake               empty: sleep
 * </pre>
 *
 * All four are sequentially consistent, so either P1 comes before L2, and the loop sees the message
 * and does not sleep, or L1 comes before P2, and the producer sees the sleeper. The wake-up may
 * come before the sleep: a selector remembers it. It may also come too late, into the next sleep,
 * which then ends early for nothing; it never gets lost.
 */
final class SleepGate {
  private final AtomicBoolean isAsleep = new AtomicBoolean();

  /** L1. Owner thread: the loop's. */
  void announceSleep() {
    isAsleep.set(true);
  }

  /** Owner thread: the loop's. */
  void announceAwake() {
    isAsleep.setRelease(false);
  }

  /** P2. Any thread; true means: wake the loop, nobody else will. */
  boolean mustWake() {
    return isAsleep.get() && isAsleep.compareAndSet(true, false);
  }
}
