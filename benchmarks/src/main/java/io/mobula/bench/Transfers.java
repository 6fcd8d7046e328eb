package io.mobula.bench;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How fast an object reaches another node, and eight others, in a cluster of nine nodes in this
 * process. Its nodes are of one machine, so that they copy from store to store; the plain copy
 * beside it goes through a socket.
 */
final class Transfers {
  private static final int READERS = 8;
  private static final String STORE = "raylet.object-store-memory";

  private final Stopwatch watch;
  private final long sizeBytes;

  Transfers(Stopwatch watch, long sizeBytes) {
    this.watch = watch;
    this.sizeBytes = sizeBytes;
  }

  /** Starts the cluster, measures and ends it; does nothing if no measure of it is wanted. */
  void run(int rounds) throws Exception {
    if (!watch.isWanted("transfer_gigabytes") && !watch.isWanted("broadcast_1_to_8")) {
      return;
    }
    String store = Long.toString(sizeBytes + (sizeBytes >> 2));
    try (Session _ =
            Mobula.init(o ->
                o.config("driver.nodes", Integer.toString(READERS + 1))
                    .config("raylet.num-cpus", "1")
                    .config(STORE, store));
        Arena arena = Arena.ofShared()) {
      MemorySegment value = arena.allocate(sizeBytes).fill((byte) 7);
      measure(value, readers(), Math.max(2, rounds));
    }
  }

  private void measure(MemorySegment value, List<ActorHandle<Reader>> readers, int rounds)
      throws Exception {
    double[] toOne = new double[rounds];
    double[] ratios = new double[rounds];
    double[] toAll = new double[rounds];
    for (int i = -1; i < rounds; i++) {
      double one = secondsOfRead(value, readers, 1);
      double all = secondsOfRead(value, readers, READERS);
      // The first round touches memory for the first time.
      if (i >= 0) {
        toOne[i] = sizeBytes / 1e9 / one;
        toAll[i] = all;
        ratios[i] = all / one;
      }
    }
    double plain = SocketCopy.gigabytesPerSecond(value);
    double copies = secondsOfCopies(value);
    Measurement transfer = Measurement.of("transfer_gigabytes", "GB/s", toOne, "");
    watch.add(
        Measurement.of(
            transfer.name(),
            transfer.unit(),
            toOne,
            String.format(
                Locale.ROOT,
                "(a plain socket copy: %.2f GB/s, ratio %.2f)",
                plain,
                transfer.mean() / plain)));
    Measurement seconds = Measurement.of("broadcast", "s", toAll, "");
    watch.add(
        Measurement.of(
            "broadcast_1_to_8",
            "times",
            ratios,
            String.format(
                Locale.ROOT,
                "(the time to one; to all %.2f s, as many plain copies in memory, two at a time:"
                    + " %.2f s, ratio %.2f)",
                seconds.mean(),
                copies,
                copies / seconds.mean())));
  }

  /** What the machine can do: as many copies as there are readers, by two threads, in memory. */
  private static double secondsOfCopies(MemorySegment value) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      List<MemorySegment> to =
          List.of(arena.allocate(value.byteSize()), arena.allocate(value.byteSize()));
      // The first time touches the memory.
      copyToEach(value, to, 1);
      return Stopwatch.secondsOf(() -> copyToEach(value, to, READERS / to.size()));
    }
  }

  private static void copyToEach(MemorySegment value, List<MemorySegment> targets, int times)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (MemorySegment target : targets) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < times; i++) {
                  target.copyFrom(value);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** From the call until the first so many readers have the bytes on their nodes. */
  private static double secondsOfRead(
      MemorySegment value, List<ActorHandle<Reader>> readers, int count) throws Exception {
    // What the last round left is garbage here and at the readers, and there is no room for two.
    Mobula.get(readers.stream().map(reader -> reader.call(Reader::collectGarbage)).toList());
    System.gc();
    ObjectRef<MemorySegment> object = Mobula.put(value);
    List<ObjectRef<MemorySegment>> argument = List.of(object);
    return Stopwatch.secondsOf(() -> {
      List<ObjectRef<Long>> sizes = new ArrayList<>();
      readers.subList(0, count).forEach(reader -> sizes.add(reader.call(Reader::read, argument)));
      Mobula.get(sizes);
    });
  }

  /** One on every other node. */
  private static List<ActorHandle<Reader>> readers() {
    String here = Mobula.context().nodeId();
    List<ActorHandle<Reader>> readers = new ArrayList<>();
    for (int i = 0; i <= READERS; i++) {
      readers.add(Mobula.actor(Reader::new).options(o -> o.numCpus(1)).remote());
    }
    List<String> nodes =
        Mobula.get(readers.stream().map(reader -> reader.call(Reader::node)).toList());
    List<ActorHandle<Reader>> others = new ArrayList<>();
    for (int i = 0; i < readers.size(); i++) {
      if (!nodes.get(i).equals(here)) {
        others.add(readers.get(i));
      }
    }
    if (others.size() != READERS || Collections.frequency(nodes, here) != 1) {
      throw new IllegalStateException("Readers are not on nodes of their own: nodes=" + nodes);
    }
    return others;
  }

  /** Brings objects to its node. */
  @Remote
  static final class Reader {
    Reader() {}

    String node() {
      return Mobula.context().nodeId();
    }

    int collectGarbage() {
      System.gc();
      return 0;
    }

    long read(List<ObjectRef<MemorySegment>> object) {
      return object.getFirst().get().byteSize();
    }
  }
}
