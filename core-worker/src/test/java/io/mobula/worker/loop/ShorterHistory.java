package io.mobula.worker.loop;

import java.util.BitSet;

/** Finds a short history that fails like a long one, by leaving out steps as long as it fails. */
final class ShorterHistory {
  private static final int PLAYS_MAX = 400;

  private ShorterHistory() {}

  /** What happens in the short history, and how it fails. */
  static AssertionError of(long seed, AssertionError failure) {
    int steps = OwnershipHistory.steps(seed);
    BitSet leftOut = new BitSet();
    int plays = 0;
    for (int length = steps / 2; length > 0; length /= 2) {
      for (int from = 0; from < steps && plays < PLAYS_MAX; from += length) {
        BitSet more = (BitSet) leftOut.clone();
        more.set(from, Math.min(steps, from + length));
        if (!more.equals(leftOut)) {
          plays++;
          leftOut = fails(seed, more) ? more : leftOut;
        }
      }
    }
    try {
      OwnershipHistory.play(seed, leftOut, true);
    } catch (AssertionError shorter) {
      return new AssertionError(
          shorter.getMessage()
              + "\n"
              + (steps - leftOut.cardinality())
              + " of "
              + steps
              + " steps; play it again with\n  mvn -pl core-worker -am test"
              + " -Dtest=OwnershipHistoryTest -Dsurefire.failIfNoSpecifiedTests=false"
              + " -Dmobula.histories.seed="
              + seed,
          failure);
    }
    return failure;
  }

  private static boolean fails(long seed, BitSet leftOut) {
    try {
      OwnershipHistory.play(seed, leftOut, false);
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }
}
