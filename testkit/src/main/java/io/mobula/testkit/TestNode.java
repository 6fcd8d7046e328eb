package io.mobula.testkit;

import java.nio.file.Path;
import java.util.List;

/**
 * A raylet process of a {@link TestCluster}.
 *
 * @param process the raylet
 * @param number the node's, as the cluster counts
 * @param directory the node's folder
 * @param rpcAddress where the raylet listens, as host:port
 */
public record TestNode(ChildJvm process, int number, Path directory, String rpcAddress) {
  /** The worker processes that it started and that run now. */
  public List<ProcessHandle> workers() {
    return ProcessHandle.of(process.pid()).stream()
        .flatMap(ProcessHandle::children)
        .filter(ProcessHandle::isAlive)
        .toList();
  }
}
