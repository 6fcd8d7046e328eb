package io.mobula.worker.execute;

import io.mobula.proto.TaskSpec;
import io.mobula.worker.function.RemoteMethod;

/** Executions as the loop makes them, for tests of the threads that run them. */
public final class Executions {
  private Executions() {}

  /**
   * An execution that is queued.
   *
   * @param lease 0 for an actor's call
   */
  public static Execution queued(long owner, long lease, TaskSpec spec, RemoteMethod method) {
    return new Execution(owner, lease, spec, method);
  }
}
