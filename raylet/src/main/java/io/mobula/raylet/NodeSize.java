package io.mobula.raylet;

import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.worker.HeapPolicy;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How large a node is: the configuration, completed by what the machine has. Pure.
 *
 * @param total the resources that leases may take
 * @param storeBytes capacity of the object store
 * @param heaps how large the heaps of workers may become
 * @param concurrentStartsMax worker processes that may be starting at once: as many as there are
 *     cores
 */
record NodeSize(ResourceSet total, long storeBytes, HeapPolicy heaps, int concurrentStartsMax) {
  private static final double STORE_SHARE = 0.3;
  private static final double FREE_SHARE = 0.8;

  /**
   * Works it out.
   *
   * @param sharedMemoryFreeBytes what is free where the store will live
   * @throws IllegalArgumentException if the store can't be as large as it was asked to be; the
   *     message says what to do
   */
  static NodeSize of(RayletConfig config, HostCapacity host, long sharedMemoryFreeBytes) {
    long storeMaxBytes = (long) (sharedMemoryFreeBytes * FREE_SHARE);
    long storeBytes =
        config
            .store()
            .sizeBytes()
            .orElseGet(() -> Math.min((long) (host.memoryBytes() * STORE_SHARE), storeMaxBytes));
    if (storeBytes > sharedMemoryFreeBytes) {
      throw new IllegalArgumentException(
          "the object store does not fit into shared memory: raylet.object-store-memory="
              + storeBytes
              + ", free="
              + sharedMemoryFreeBytes
              + "; make the store smaller or "
              + config.store().place().path()
              + " larger (docker run --shm-size)");
    }
    long memoryBytes =
        config.memoryBytes().orElseGet(() -> Math.max(0, host.memoryBytes() - storeBytes));
    double cpus = config.numCpus().orElseGet(() -> (double) host.processors());
    TreeMap<String, Long> amounts = new TreeMap<>();
    for (Map.Entry<String, Double> custom : config.resources().entrySet()) {
      amounts.put(custom.getKey(), fixedPoint(custom.getValue()));
    }
    amounts.put(ResourceSet.CPU, fixedPoint(cpus));
    amounts.put(ResourceSet.MEMORY, Math.multiplyExact(memoryBytes, ResourceSet.UNIT));
    RayletConfig.Workers workers = config.workers();
    HeapPolicy heaps =
        HeapPolicy.of(
            memoryBytes,
            fixedPoint(cpus),
            workers.slotsPerWorker(),
            workers.heapBytes().map(OptionalLong::of).orElseGet(OptionalLong::empty));
    return new NodeSize(
        new ResourceSet(amounts), storeBytes, heaps, Math.max(1, host.processors()));
  }

  private static long fixedPoint(double amount) {
    return Math.round(amount * ResourceSet.UNIT);
  }
}
