package io.mobula.raylet;

import io.mobula.raylet.lease.ResourceSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * How large a node is: the configuration, completed by what the machine has. Pure.
 *
 * @param total the resources that leases may take
 * @param storeBytes capacity of the object store
 * @param heapBytes maximum heap of each worker process: a quarter of the node's memory unless told
 *     otherwise, which is what a JVM takes by itself; tasks that need more are a reason to set it
 * @param concurrentStartsMax worker processes that may be starting at once: as many as there are
 *     cores
 */
record NodeSize(ResourceSet total, long storeBytes, long heapBytes, int concurrentStartsMax) {
  private static final double STORE_SHARE = 0.3;
  private static final double FREE_SHARE = 0.8;
  private static final long HEAP_MIN_BYTES = 64L << 20;

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
    long heapBytes =
        config.workers().heapBytes().orElseGet(() -> Math.max(memoryBytes / 4, HEAP_MIN_BYTES));
    return new NodeSize(
        new ResourceSet(amounts), storeBytes, heapBytes, Math.max(1, host.processors()));
  }

  private static long fixedPoint(double amount) {
    return Math.round(amount * ResourceSet.UNIT);
  }
}
