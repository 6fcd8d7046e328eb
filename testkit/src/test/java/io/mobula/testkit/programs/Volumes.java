package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import io.mobula.api.Task3;
import java.util.Random;
import java.util.zip.CRC32C;

/** Tasks that make and change large values. */
public final class Volumes {
  public static final Task2<Integer, Integer, byte[]> MAKE = Mobula.task(Volumes::make);

  /** The same value with its first bytes counted up. */
  public static final Task1<byte[], byte[]> NEXT = Mobula.task(Volumes::next);

  public static final Task1<byte[], Long> HASH = Mobula.task(Volumes::hash);

  /** The exclusive or of three values of one size. */
  public static final Task3<byte[], byte[], byte[], byte[]> MIX = Mobula.task(Volumes::mix);

  public static final Task1<byte[], Integer> SIZE = Mobula.task(Volumes::size);

  private static final int CHANGED_BYTES = 1_000;

  private Volumes() {}

  /** What {@link #MIX} returns. */
  @Remote
  public static byte[] mix(byte[] a, byte[] b, byte[] c) {
    byte[] mixed = a.clone();
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] ^= (byte) (b[i] ^ c[i]);
    }
    return mixed;
  }

  /** A value that the seed alone decides. */
  @Remote
  public static byte[] make(int seed, int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Remote
  private static byte[] next(byte[] bytes) {
    byte[] changed = bytes.clone();
    change(changed, 1);
    return changed;
  }

  /** What that many calls of {@link #NEXT} do. */
  public static void change(byte[] bytes, int times) {
    for (int i = 0; i < CHANGED_BYTES; i++) {
      bytes[i] += (byte) times;
    }
  }

  @Remote
  public static long hash(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return checksum.getValue();
  }

  @Remote
  private static int size(byte[] bytes) {
    return bytes.length;
  }
}
