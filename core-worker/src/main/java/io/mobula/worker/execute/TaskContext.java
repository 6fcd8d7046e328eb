package io.mobula.worker.execute;

import org.jspecify.annotations.Nullable;

/**
 * What the running task is; bound around user code on its thread and seen by the API.
 *
 * @param execution the task or call; null while an actor's constructor runs
 * @param isLeased whether waiting in get frees a CPU of a lease
 */
public record TaskContext(@Nullable Execution execution, boolean isLeased) {
  /** Bound on threads that run user code for the cluster. */
  public static final ScopedValue<TaskContext> CURRENT = ScopedValue.newInstance();
}
