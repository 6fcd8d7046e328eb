package io.mobula.raylet.worker;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a job's workers are told besides what all workers of the node are. Immutable.
 *
 * @param classPath the job's entries; the runtime's come before them
 * @param options of the JVM; they come after the node's, and win
 */
public record JobJvm(List<String> classPath, List<String> options) {
  /** A JVM refuses two collectors, and does not heed a share of the memory beside -Xmx. */
  private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w*GC");

  private static final Pattern HEAP =
      Pattern.compile("-Xmx.*|-XX:(MaxHeapSize|MaxRAM|MaxRAMPercentage|MaxRAMFraction)=.*");

  /** Copies. */
  public JobJvm {
    classPath = List.copyOf(classPath);
    options = List.copyOf(options);
  }

  boolean choosesCollector() {
    return options.stream().anyMatch(option -> COLLECTOR.matcher(option).matches());
  }

  boolean choosesHeap() {
    return options.stream().anyMatch(option -> HEAP.matcher(option).matches());
  }
}
