package io.mobula.worker.user;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.api.SessionClosedException;
import io.mobula.worker.loop.CoreMessage;
import java.util.concurrent.locks.LockSupport;

/** The user threads' way to the loop. Thread-safe. */
public final class Mail {
  /** How long a thread pauses before it tries a full mailbox again. */
  private static final long PAUSE_NANOS = 50_000;

  private final Mailbox mailbox;

  /** Where the loop takes its messages from. */
  public interface Mailbox {
    /** Puts a message in; false if it is full or the loop has ended. */
    boolean offer(CoreMessage message);

    /** Whether the loop still takes messages. */
    boolean isOpen();
  }

  Mail(Mailbox mailbox) {
    this.mailbox = mailbox;
  }

  /** The way to this loop. */
  public static Mail to(AgentLoop<CoreMessage> loop) {
    return new Mail(
        new Mailbox() {
          @Override
          public boolean offer(CoreMessage message) {
            return loop.offer(message);
          }

          @Override
          public boolean isOpen() {
            return loop.isRunning();
          }
        });
  }

  /**
   * Puts a message into the mailbox. A full one holds the calling thread up: that is the
   * back-pressure on programs that submit faster than the cluster takes.
   *
   * @throws SessionClosedException if the loop has ended
   */
  public void post(CoreMessage message) {
    while (!mailbox.offer(message)) {
      if (!mailbox.isOpen()) {
        throw new SessionClosedException("the session is closed, or its cluster is lost");
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }

  /** For messages about what is no longer needed: after the end they need not arrive. */
  public boolean postUnlessClosed(CoreMessage message) {
    while (!mailbox.offer(message)) {
      if (!mailbox.isOpen()) {
        return false;
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
    return true;
  }
}
