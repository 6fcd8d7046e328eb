package io.mobula.api;

import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RuntimeHolder;

/**
 * A driver's connection to a cluster, from {@link Mobula#init()} to {@link #close}. A process has
 * at most one. Closing it ends the job: its tasks and actors end, its refs and handles become
 * useless, and the cluster ends too if {@code init} started it. Thread-safe.
 */
public final class Session implements AutoCloseable {
  private final MobulaRuntime runtime;

  Session(MobulaRuntime runtime) {
    this.runtime = runtime;
  }

  /** Ends the session. Does nothing if it has ended. */
  @Override
  public void close() {
    RuntimeHolder.shutdown(runtime);
  }
}
