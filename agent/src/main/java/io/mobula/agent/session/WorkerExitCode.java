package io.mobula.agent.session;

/**
 * The exit codes by which a worker tells its raylet why it ended itself. Numbers that programs
 * hardly use.
 */
public final class WorkerExitCode {
  /** Its heap was full. */
  public static final int OUT_OF_HEAP = 79;

  /** Something was thrown in the worker's own code. */
  public static final int BROKEN = 80;

  private WorkerExitCode() {}
}
