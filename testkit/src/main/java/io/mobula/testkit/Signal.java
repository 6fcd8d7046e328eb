package io.mobula.testkit;

import java.io.IOException;

/** What can be done to a process from outside. */
public enum Signal {
  /** Ends it at once: {@code kill -9}. */
  KILL,
  /** Asks it to end. */
  TERM,
  /** What Ctrl-C sends. */
  INT,
  /** Freezes it. */
  STOP,
  /** Lets it run again. */
  CONT;

  /**
   * Sends it.
   *
   * @return false if there is no such process
   */
  public boolean sendTo(long pid) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return kill.waitFor() == 0;
    } catch (IOException e) {
      throw new AssertionError("no signal can be sent: pid=" + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while sending a signal: pid=" + pid, e);
    }
  }
}
