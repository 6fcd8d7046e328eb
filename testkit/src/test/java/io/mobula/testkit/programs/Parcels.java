package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Objects that are large enough for the store and small enough for a chunk of it. */
public final class Parcels {
  private static final int SIZE_BYTES_MIN = 110 << 10;
  private static final int SIZE_BYTES_SPREAD = 100 << 10;

  /** References to so many parcels, which the task's process put, from a seed. */
  public static final Task2<Integer, Long, List<ObjectRef<byte[]>>> PACK =
      Mobula.task(Parcels::pack);

  /** A parcel as a result. */
  public static final Task1<Long, byte[]> MAKE = Mobula.task(Parcels::make);

  /** The hashes of parcels. */
  public static final Task1<List<ObjectRef<byte[]>>, List<Integer>> HASHES =
      Mobula.task(Parcels::hashes);

  /** A parcel as a result, by a process that ends while it puts others, once for each folder. */
  public static final Task2<Long, String, byte[]> MAKE_AND_BREAK =
      Mobula.task(Parcels::makeAndBreak);

  /** Has the task's process find the references that it has dropped. */
  public static final Task1<Integer, Integer> COLLECT = Mobula.task(Parcels::collect);

  private Parcels() {}

  /** The parcel of a seed. */
  public static byte[] parcel(long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[SIZE_BYTES_MIN + random.nextInt(SIZE_BYTES_SPREAD)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The hash of a parcel. */
  public static int hash(long seed) {
    return Arrays.hashCode(parcel(seed));
  }

  @Remote
  private static List<ObjectRef<byte[]>> pack(Integer count, Long seed) {
    List<ObjectRef<byte[]>> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(Mobula.put(parcel(seed + i)));
    }
    return refs;
  }

  @Remote
  private static byte[] make(Long seed) {
    return parcel(seed);
  }

  @Remote
  private static List<Integer> hashes(List<ObjectRef<byte[]>> parcels) {
    return parcels.stream().map(parcel -> Arrays.hashCode(parcel.get())).toList();
  }

  @Remote
  private static Integer collect(Integer any) {
    System.gc();
    return any;
  }

  @Remote
  private static byte[] makeAndBreak(Long seed, String folder) throws IOException {
    if (isFirst(Path.of(folder, "broken-" + seed))) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            long end = System.nanoTime() + new Random(seed).nextInt(30_000_000);
            while (System.nanoTime() < end) {
              Thread.onSpinWait();
            }
            Runtime.getRuntime().halt(1);
          });
      byte[] parcel = parcel(seed);
      while (true) {
        Mobula.put(parcel);
      }
    }
    return parcel(seed);
  }

  private static boolean isFirst(Path mark) throws IOException {
    try {
      Files.createFile(mark);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
