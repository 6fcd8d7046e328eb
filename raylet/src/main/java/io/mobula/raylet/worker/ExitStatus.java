package io.mobula.raylet.worker;

import io.mobula.agent.session.WorkerExitCode;

/** What an exit code says, for people. */
final class ExitStatus {
  private static final int SIGNAL_BASE = 128;

  private ExitStatus() {}

  /**
   * Whether a process of that description was killed at once from outside, which says nothing of
   * whether the next will start.
   */
  static boolean isKill(String description) {
    return description.startsWith("exit code " + (SIGNAL_BASE + 9));
  }

  static String describe(int exitCode) {
    String meaning =
        switch (exitCode) {
          case WorkerExitCode.OUT_OF_HEAP ->
              " (worker out of heap: give workers a larger heap, or let them keep less)";
          case WorkerExitCode.BROKEN ->
              " (a fault of Mobula's: the worker's standard error has the stack)";
          case SIGNAL_BASE + 1 -> " (SIGHUP)";
          case SIGNAL_BASE + 2 -> " (SIGINT)";
          case SIGNAL_BASE + 6 -> " (SIGABRT)";
          case SIGNAL_BASE + 9 -> " (SIGKILL; by somebody, or by the kernel when memory ran out)";
          case SIGNAL_BASE + 11 -> " (SIGSEGV)";
          case SIGNAL_BASE + 15 -> " (SIGTERM)";
          default -> "";
        };
    return "exit code " + exitCode + meaning;
  }
}
