package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task2;
import io.mobula.api.Task3;
import java.util.SplittableRandom;

/** Arrays that say what they should be, so that every byte that was moved can be checked. */
public final class Blocks {
  public static final Task2<Long, Integer, long[]> MAKE = Mobula.task(Blocks::make);
  public static final Task2<long[], long[], long[]> MIX = Mobula.task(Blocks::mix);
  public static final Task3<long[], Long, Long, Boolean> IS_MIX = Mobula.task(Blocks::isMix);

  private Blocks() {}

  /** The block of this seed. */
  @Remote(maxRetries = 50)
  static long[] make(long seed, int length) {
    return new SplittableRandom(seed).longs(length).toArray();
  }

  /** Both blocks in one, as long as the shorter. */
  @Remote(maxRetries = 50)
  static long[] mix(long[] one, long[] other) {
    long[] mixed = new long[Math.min(one.length, other.length)];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = one[i] ^ Long.rotateLeft(other[i], 7);
    }
    return mixed;
  }

  /** Whether the block is the mix of the blocks of these seeds, number for number. */
  @Remote(maxRetries = 50)
  static boolean isMix(long[] block, long seed, long otherSeed) {
    long[] expected = mix(make(seed, block.length), make(otherSeed, block.length));
    return java.util.Arrays.equals(block, expected);
  }
}
