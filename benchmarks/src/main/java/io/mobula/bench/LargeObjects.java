package io.mobula.bench;

import com.sun.management.ThreadMXBean;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Large arrays into the node's shared memory and out of it, each beside a plain copy of the same
 * array in the same round, on a cluster of its own each time: what the first use of the memory
 * costs is a figure, too.
 */
final class LargeObjects {
  private static final int MIB_SMALL = 100;
  private static final int MIB_LARGE = 1024;
  private static final int STEADY_ROUNDS = 8;

  /** An array of 128 KiB, put as often before the arrays are freed. */
  private static final int MIDDLE_DOUBLES = 16 << 10;

  private static final int MIDDLE_COUNT = 64;

  /** As long as the rows of small things are warmed up, and measured: three rounds of 2 s. */
  private static final long WARM_UP_NANOS = 1_000_000_000L;

  private static final long STEADY_NANOS = 6_000_000_000L;

  /** How long a store is left alone, as one is between a program's start and its first put. */
  private static final long IDLE_NANOS = 5_000_000_000L;

  private final Stopwatch watch;

  LargeObjects(Stopwatch watch) {
    this.watch = watch;
  }

  void measure() {
    measure(MIB_SMALL, "100_mib");
    measure(MIB_LARGE, "1_gib");
    if (watch.isWanted("put_128_kib")) {
      middle();
    }
  }

  /** Objects that go to a chunk of the store that the process leases. */
  private void middle() {
    double[] from = new double[MIDDLE_DOUBLES];
    Arrays.fill(from, 1.5);
    double[] to = new double[MIDDLE_COUNT * MIDDLE_DOUBLES];
    try (Session _ = Mobula.init()) {
      middlesFor(2 * WARM_UP_NANOS, from, to);
      Pair[] rounds = middlesFor(STEADY_NANOS, from, to);
      watch.beside("put_128_kib", MIDDLE_COUNT * bytes(from), rounds, "a plain copy");
    }
  }

  private static Pair[] middlesFor(long nanos, double[] from, double[] to) {
    List<Pair> pairs = new ArrayList<>();
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      for (int i = 0; i < MIDDLE_COUNT; i++) {
        System.arraycopy(from, 0, to, i * MIDDLE_DOUBLES, MIDDLE_DOUBLES);
      }
      double copy = seconds(start);
      List<ObjectRef<double[]>> refs = new ArrayList<>(MIDDLE_COUNT);
      start = System.nanoTime();
      for (int i = 0; i < MIDDLE_COUNT; i++) {
        refs.add(Mobula.put(from));
      }
      pairs.add(new Pair(seconds(start), copy));
      refs.forEach(ObjectRef::free);
    }
    return pairs.toArray(Pair[]::new);
  }

  private void measure(int mib, String name) {
    boolean isWanted =
        watch.isWanted("put_" + name + "_first")
            || watch.isWanted("put_" + name + "_steady")
            || watch.isWanted("get_" + name + "_array")
            || watch.isWanted("get_" + name + "_view");
    if (!isWanted) {
      return;
    }
    double[] from = new double[mib << 17];
    Arrays.fill(from, 1.5);
    double[] to = new double[from.length];
    copySeconds(from, to);
    try (Session _ = Mobula.init()) {
      warmUp();
      LockSupport.parkNanos(IDLE_NANOS);
      Pair first = putBesideCopy(from, to);
      watch.beside("put_" + name + "_first", bytes(from), new Pair[] {first}, "a plain copy");
      if (watch.isWanted("put_" + name + "_steady")) {
        putsFor(WARM_UP_NANOS, from, to);
        Pair[] steady = putsFor(STEADY_NANOS, from, to);
        watch.beside("put_" + name + "_steady", bytes(from), steady, "a plain copy");
      }
      arrays(from, name);
      views(from, name);
    }
  }

  private void arrays(double[] from, String name) {
    ObjectRef<double[]> ref = Mobula.put(from);
    Pair[] gets = new Pair[STEADY_ROUNDS];
    for (int i = 0; i < 2 * STEADY_ROUNDS; i++) {
      long start = System.nanoTime();
      double[] copied = from.clone();
      double copy = seconds(start);
      start = System.nanoTime();
      double[] got = ref.get();
      gets[i % STEADY_ROUNDS] = new Pair(seconds(start), copy);
      if (got.length != copied.length) {
        throw new IllegalStateException("Another array came back: length=" + got.length);
      }
    }
    watch.beside("get_" + name + "_array", bytes(from), gets, "a copy into a new array");
  }

  private void views(double[] from, String name) {
    ObjectRef<MemorySegment> ref = Mobula.put(MemorySegment.ofArray(from));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double seconds = Double.MAX_VALUE;
    long heapBytes = Long.MAX_VALUE;
    for (int i = 0; i < 200; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      MemorySegment view = ref.get();
      seconds = Math.min(seconds, seconds(start));
      heapBytes = Math.min(heapBytes, threads.getCurrentThreadAllocatedBytes() - before);
      if (view.byteSize() != bytes(from)) {
        throw new IllegalStateException("Another segment came back: " + view);
      }
    }
    if (!watch.isWanted("get_" + name + "_view")) {
      return;
    }
    watch.add(
        new Measurement(
            "get_" + name + "_view",
            "s",
            seconds,
            0,
            String.format(Locale.ROOT, "(the best of 200; bytes of heap: %d)", heapBytes)));
  }

  /** At least {@link #STEADY_ROUNDS}. */
  private static Pair[] putsFor(long nanos, double[] from, double[] to) {
    List<Pair> pairs = new ArrayList<>();
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end || pairs.size() < STEADY_ROUNDS) {
      // What the loop has dropped is freed when it is collected, as in any program.
      pairs.add(putBesideCopy(from, to));
    }
    return pairs.toArray(Pair[]::new);
  }

  private static Pair putBesideCopy(double[] from, double[] to) {
    double copy = copySeconds(from, to);
    long start = System.nanoTime();
    Mobula.put(from);
    double put = seconds(start);
    return new Pair(put, copy);
  }

  /** The classes and compiled code of a put, with an array too small to touch much memory. */
  private static void warmUp() {
    double[] small = new double[1 << 16];
    for (int i = 0; i < 50; i++) {
      Mobula.put(small);
    }
  }

  private static double copySeconds(double[] from, double[] to) {
    long start = System.nanoTime();
    System.arraycopy(from, 0, to, 0, from.length);
    return seconds(start);
  }

  private static long bytes(double[] array) {
    return 8L * array.length;
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** What was measured and what it is compared with, one after the other. */
  record Pair(double seconds, double besideSeconds) {}
}
