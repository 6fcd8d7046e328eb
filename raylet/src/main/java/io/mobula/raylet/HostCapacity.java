package io.mobula.raylet;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this machine, or this container, has. The JVM reads the limits of cgroup v1 and v2: the
 * processor count is the CPU quota rounded up (or the cpuset's size), the memory is the memory
 * limit.
 *
 * @param processors at least 1
 * @param memoryBytes all of it, used or not
 */
public record HostCapacity(int processors, long memoryBytes) {
  /** As the JVM sees it. */
  public static HostCapacity detect() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new HostCapacity(
        Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize());
  }
}
