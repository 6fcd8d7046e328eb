package io.mobula.worker.runtime;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import java.util.concurrent.locks.LockSupport;

/** The user threads' way to the loop. Thread-safe. */
final class Mail {
  /** How long a thread pauses before it tries a full mailbox again. */
  private static final long PAUSE_NANOS = 50_000;

  private final AgentLoop<CoreMessage> loop;

  Mail(AgentLoop<CoreMessage> loop) {
    this.loop = loop;
  }

  /**
   * Puts a message into the mailbox. A full one holds the calling thread up: that is the
   * back-pressure on programs that submit faster than the cluster takes.
   *
   * @throws MobulaException SESSION_CLOSED if the loop has ended
   */
  void post(CoreMessage message) {
    while (!loop.offer(message)) {
      if (!loop.isRunning()) {
        throw new MobulaException(
            ErrorCode.SESSION_CLOSED, "the session is closed, or its cluster is lost");
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }

  /** For messages about what is no longer needed: after the end they need not arrive. */
  boolean postUnlessClosed(CoreMessage message) {
    while (!loop.offer(message)) {
      if (!loop.isRunning()) {
        return false;
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
    return true;
  }
}
