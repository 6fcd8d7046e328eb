package io.mobula.raylet.node;

import io.mobula.agent.link.DialHandler;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.Hello;
import io.mobula.raylet.classpath.PackageStore;
import io.mobula.raylet.worker.WorkerProcesses;

/**
 * The world around a node: links to other machines, processes, files. Used on the raylet's loop;
 * nothing blocks.
 */
public interface NodeEdges {
  /**
   * Opens a link to another daemon. Events follow on the loop.
   *
   * @param target host:port or the path of a Unix socket
   */
  void dial(String target, Hello hello, DialHandler handler);

  /** What starts workers, reporting to the loop. */
  WorkerProcesses workers(LoopExecutor loop, WorkerProcesses.Events events);

  /** What keeps packages, reporting to the loop. */
  PackageStore packages(LoopExecutor loop, PackageStore.Outcomes outcomes);

  /** A process of this node is dead: what it left in the node's folder can go. */
  void processEnded(int number);
}
