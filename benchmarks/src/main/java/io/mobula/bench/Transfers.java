package io.mobula.bench;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How fast an object reaches another node, over a socket and from memory to memory, and eight other
 * nodes of one machine, each on a cluster of its own in this process and beside what the machine
 * can do.
 */
final class Transfers {
  static final String BY_TCP = "transfer_gigabytes_tcp";
  static final String BY_MEMORY = "transfer_gigabytes_memory";
  static final String BROADCAST = "broadcast_1_to_8";

  private static final int READERS = 8;

  private final Stopwatch watch;
  private final long sizeBytes;

  Transfers(Stopwatch watch, long sizeBytes) {
    this.watch = watch;
    this.sizeBytes = sizeBytes;
  }

  /** Starts the clusters, measures and ends them; does nothing if no measure of it is wanted. */
  void run(int rounds) throws Exception {
    int count = Math.max(2, rounds);
    if (!watch.isWanted(BY_TCP) && !watch.isWanted(BY_MEMORY) && !watch.isWanted(BROADCAST)) {
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment value = arena.allocate(sizeBytes).fill((byte) 7);
      double secondsByTcp = byTcp(value, count);
      if (watch.isWanted(BY_MEMORY) || watch.isWanted(BROADCAST)) {
        byMemory(value, count, secondsByTcp);
      }
    }
  }

  /** Between two nodes that use the network as if they were on two machines. */
  private double byTcp(MemorySegment value, int rounds) throws Exception {
    double[] seconds = new double[rounds];
    double[] plain = new double[rounds];
    try (Session _ = cluster(1, false);
        SocketCopy socket = new SocketCopy(sizeBytes)) {
      List<ActorHandle<Reader>> readers = readers(1);
      // The first rounds touch memory for the first time.
      for (int i = -2; i < rounds; i++) {
        double copy = socket.secondsOf(value);
        double read = secondsOfRead(value, readers, 1);
        if (i >= 0) {
          plain[i] = copy;
          seconds[i] = read;
        }
      }
    }
    watch.beside(BY_TCP, sizeBytes, pairs(seconds, plain), "a plain socket copy");
    return mean(seconds);
  }

  /** Between nodes that copy from store to store. */
  private void byMemory(MemorySegment value, int rounds, double secondsByTcp) throws Exception {
    double[] toOne = new double[rounds];
    double[] toAll = new double[rounds];
    double[] one = new double[rounds];
    double[] all = new double[rounds];
    try (Session _ = cluster(READERS, true);
        Arena arena = Arena.ofShared()) {
      List<ActorHandle<Reader>> readers = readers(READERS);
      List<MemorySegment> to = List.of(arena.allocate(sizeBytes), arena.allocate(sizeBytes));
      for (int i = -1; i < rounds; i++) {
        double copy = Stopwatch.secondsOf(() -> to.getFirst().copyFrom(value));
        double copies = Stopwatch.secondsOf(() -> copyToEach(value, to, READERS / to.size()));
        double first = secondsOfRead(value, readers, 1);
        double eight = secondsOfRead(value, readers, READERS);
        // The first round touches memory for the first time.
        if (i >= 0) {
          one[i] = copy;
          all[i] = copies;
          toOne[i] = first;
          toAll[i] = eight;
        }
      }
    }
    watch.beside(BY_MEMORY, sizeBytes, pairs(toOne, one), "a plain copy in memory");
    watch.add(
        Measurement.of(
            BROADCAST,
            "s",
            toAll,
            String.format(
                Locale.ROOT,
                "(%.1f times the time to one over TCP, %.2f s; %.1f times that from memory to"
                    + " memory, %.2f s; %d plain copies in memory, two at a time: %.2f s, ratio"
                    + " %.2f)",
                mean(toAll) / secondsByTcp,
                secondsByTcp,
                mean(toAll) / mean(toOne),
                mean(toOne),
                READERS,
                mean(all),
                mean(all) / mean(toAll))));
  }

  private Session cluster(int readers, boolean hasLocalCopies) {
    String store = Long.toString(sizeBytes + (sizeBytes >> 2));
    return Mobula.init(o ->
        o.config("driver.nodes", Integer.toString(readers + 1))
            .config("raylet.num-cpus", "1")
            .config("raylet.object-store-memory", store)
            .config("raylet.local-copies", Boolean.toString(hasLocalCopies)));
  }

  private static LargeObjects.Pair[] pairs(double[] seconds, double[] besideSeconds) {
    LargeObjects.Pair[] pairs = new LargeObjects.Pair[seconds.length];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = new LargeObjects.Pair(seconds[i], besideSeconds[i]);
    }
    return pairs;
  }

  private static double mean(double[] rounds) {
    return Arrays.stream(rounds).average().orElseThrow();
  }

  /** What the machine can do: copies in memory, a thread for each target. */
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
  private static List<ActorHandle<Reader>> readers(int count) {
    String here = Mobula.context().nodeId();
    List<ActorHandle<Reader>> readers = new ArrayList<>();
    for (int i = 0; i <= count; i++) {
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
    if (others.size() != count || Collections.frequency(nodes, here) != 1) {
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
