package io.mobula.raylet.worker;

/** What an exit code says, for people. */
final class ExitStatus {
  private static final int SIGNAL_BASE = 128;

  private ExitStatus() {}

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
