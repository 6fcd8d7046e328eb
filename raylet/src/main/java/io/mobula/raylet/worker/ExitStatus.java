package io.mobula.raylet.worker;

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
    String signal =
        switch (exitCode - SIGNAL_BASE) {
          case 1 -> " (SIGHUP)";
          case 2 -> " (SIGINT)";
          case 6 -> " (SIGABRT)";
          case 9 -> " (SIGKILL; by somebody, or by the kernel when memory ran out)";
          case 11 -> " (SIGSEGV)";
          case 15 -> " (SIGTERM)";
          default -> "";
        };
    return "exit code " + exitCode + signal;
  }
}
