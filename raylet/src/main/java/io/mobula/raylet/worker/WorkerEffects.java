package io.mobula.raylet.worker;

import io.mobula.proto.FailureKind;

/**
 * Carries out what {@link WorkerPool} decides. None of these may call back into the pool before it
 * returns to its caller, except through a later event.
 */
public interface WorkerEffects {
  /** Make the job's class path usable here, and answer with classPathReady or classPathFailed. */
  void prepareClassPath(int job);

  /** Start a process; answer with launched or launchFailed, later with exited. */
  void launch(WorkerStart start);

  /** Ask the process whether it may end; answer with retirementAnswered, if it answers. */
  void askToRetire(int number, long question);

  /** Ask the process to end. */
  void terminate(int number);

  /** End the process at once. */
  void kill(int number);

  /** The lease has a slot in that worker. */
  void slotReady(long lease, int worker);

  /** The lease won't get a slot. */
  void slotFailed(long lease, FailureKind kind, String message);

  /** Every lease of the worker has ended with it. */
  void died(WorkerDeath death);
}
