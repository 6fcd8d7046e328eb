package io.mobula.raylet.worker;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.ResourceSet;
import java.util.OptionalLong;

/**
 * How large the heap of each worker process may become. Immutable; pure.
 *
 * <h2>How it works</h2>
 *
 * <p>Three quarters of the node's memory are the heaps of its workers; the rest is for the raylet,
 * or the driver that it is part of, and for what JVMs take besides their heaps. Of that, a half is
 * for a worker that tasks share, if its slots can use all CPUs, and a half is split between
 * isolated tasks and actors by their CPUs; who asks for none counts as one. Who asks for memory
 * gets that as heap, since the scheduler has counted it.
 *
 * <p>Sizes add up: nobody gets more than half of what the heaps of the living workers leave, so
 * many jobs or actors have smaller heaps, but never a smaller one than a 32nd, or 64 MiB. Below
 * that a JVM is of no use; only from there on may the sum exceed the memory.
 *
 * @param heapsBytes all heaps together
 * @param cpus of the node, in the unit of {@link ResourceSet}
 * @param slotsPerWorker leases that one shared worker runs at once
 * @param fixedBytes what each gets, whatever its share; empty for its share
 */
public record HeapPolicy(long heapsBytes, long cpus, int slotsPerWorker, OptionalLong fixedBytes) {
  private static final long MIN_BYTES = 64L << 20;
  private static final int SMALLEST_SHARE = 32;

  /** The policy of a node with that much memory for tasks and actors. */
  public static HeapPolicy of(
      long memoryBytes, long cpus, int slotsPerWorker, OptionalLong fixedBytes) {
    return new HeapPolicy(memoryBytes / 4 * 3, cpus, slotsPerWorker, fixedBytes);
  }

  /** What a worker for such a lease would best have. */
  HeapWish wish(LeaseKind kind, ResourceSet resources) {
    if (fixedBytes.isPresent()) {
      return new HeapWish(fixedBytes.getAsLong(), true);
    }
    long memoryBytes = resources.amount(ResourceSet.MEMORY) / ResourceSet.UNIT;
    if (kind != LeaseKind.SHARED && memoryBytes > 0) {
      return new HeapWish(Math.max(memoryBytes, MIN_BYTES), true);
    }
    long used =
        kind == LeaseKind.SHARED
            ? slotsPerWorker * ResourceSet.UNIT
            : Math.max(resources.amount(ResourceSet.CPU), ResourceSet.UNIT);
    double share = cpus <= used ? 1 : (double) used / cpus;
    return new HeapWish((long) (heapsBytes / 2.0 * share), false);
  }

  /**
   * What it gets.
   *
   * @param takenBytes the heaps of the workers that live
   */
  long grant(HeapWish wish, long takenBytes) {
    if (wish.isFirm()) {
      return wish.bytes();
    }
    long smallestBytes = Math.max(MIN_BYTES, heapsBytes / SMALLEST_SHARE);
    long leftBytes = heapsBytes - takenBytes;
    return Math.max(smallestBytes, Math.min(wish.bytes(), leftBytes / 2));
  }

  /**
   * A heap that somebody would best have.
   *
   * @param isFirm whether no less will do
   */
  record HeapWish(long bytes, boolean isFirm) {
    static final HeapWish NONE = new HeapWish(0, false);
  }
}
