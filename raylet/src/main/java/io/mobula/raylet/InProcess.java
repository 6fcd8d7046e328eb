package io.mobula.raylet;

import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.raylet.worker.WorkerProcesses;
import java.nio.file.Path;

/**
 * What a raylet needs whose whole cluster lives in one process.
 *
 * @param network where all of the cluster dial each other
 * @param gcs where the GCS listens in it
 * @param workers starts workers in this process
 */
public record InProcess(InProcessNetwork network, Path gcs, WorkerSource workers) {
  /** Makes what starts workers, reporting to the raylet's loop. */
  @FunctionalInterface
  public interface WorkerSource {
    WorkerProcesses open(LoopExecutor loop, WorkerProcesses.Events events);
  }
}
