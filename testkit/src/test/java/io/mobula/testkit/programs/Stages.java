package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import io.mobula.api.Task3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Tasks and an actor with large results, which leave a file for each run. */
public final class Stages {
  /** Large enough for the store. */
  public static final int SIZE_BYTES = 4 << 20;

  /** Bytes of a seed; the arguments are the seed and a folder for the file. */
  public static final Task2<Long, String, byte[]> MAKE = Mobula.task(Stages::make);

  /** The bytes, each one more; also a folder and the run's name. */
  public static final Task3<byte[], String, String, byte[]> NEXT = Mobula.task(Stages::next);

  /** A hash. */
  public static final Task1<byte[], Integer> HASH = Mobula.task(Stages::hash);

  /** A reference to bytes that the task's process put. */
  public static final Task1<Long, List<ObjectRef<byte[]>>> PUT = Mobula.task(Stages::put);

  private Stages() {}

  /** What {@link #MAKE} returns. */
  public static byte[] bytes(long seed) {
    byte[] bytes = new byte[SIZE_BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** What {@link #NEXT} returns. */
  public static byte[] incremented(byte[] bytes, int by) {
    byte[] more = bytes.clone();
    for (int i = 0; i < more.length; i++) {
      more[i] += (byte) by;
    }
    return more;
  }

  /** How often the run of this name was started. */
  public static long runs(Path folder, String name) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(name + "-")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Remote
  private static byte[] make(Long seed, String folder) throws IOException {
    mark(folder, "make");
    return bytes(seed);
  }

  @Remote
  private static byte[] next(byte[] bytes, String folder, String name) throws IOException {
    mark(folder, name);
    return incremented(bytes, 1);
  }

  @Remote
  private static Integer hash(byte[] bytes) {
    return Arrays.hashCode(bytes);
  }

  @Remote
  private static List<ObjectRef<byte[]>> put(Long seed) {
    return List.of(Mobula.put(bytes(seed)));
  }

  private static void mark(String folder, String name) throws IOException {
    Files.createTempFile(Path.of(folder), name + "-", ".run");
  }

  /** An actor with large results. */
  public static final class Source {
    /** As {@link Stages#bytes}. */
    public byte[] bytes(Long seed) {
      return Stages.bytes(seed);
    }
  }
}
