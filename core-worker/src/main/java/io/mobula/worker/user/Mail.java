package io.mobula.worker.user;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.api.MobulaException;
import io.mobula.api.SessionClosedException;
import io.mobula.proto.Failure;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.OpenWaits;
import java.util.concurrent.locks.LockSupport;

/**
 * The user threads' way to the loop. Thread-safe. On the loop's own thread, where listeners run, it
 * never waits: the loop takes what it sends itself, however full its mailbox is.
 */
public final class Mail {
  /** How long a thread pauses before it tries a full mailbox again. */
  private static final long PAUSE_NANOS = 50_000;

  private final Mailbox mailbox;
  private final OpenWaits waits;

  /** Where the loop takes its messages from. */
  public interface Mailbox {
    /**
     * Puts a message in; false if it is full or the loop has ended. On the loop's own thread it is
     * never full.
     */
    boolean offer(CoreMessage message);

    /** Whether the loop still takes messages. */
    boolean isOpen();
  }

  /**
   * @param waits know why the loop has ended
   */
  Mail(Mailbox mailbox, OpenWaits waits) {
    this.mailbox = mailbox;
    this.waits = waits;
  }

  /** The way to this loop. */
  public static Mail to(AgentLoop<CoreMessage> loop, OpenWaits waits) {
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
        },
        waits);
  }

  /**
   * Puts a message into the mailbox. A full one holds the calling thread up: that is the
   * back-pressure on programs that submit faster than the cluster takes.
   *
   * @throws MobulaException if the loop has ended: what ended it
   */
  public void post(CoreMessage message) {
    while (!mailbox.offer(message)) {
      if (!mailbox.isOpen()) {
        throw ended();
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }

  private MobulaException ended() {
    Failure reason = waits.reason();
    return reason == null
        ? new SessionClosedException("the session is closed, or its cluster is lost")
        : FailureExceptions.toException(reason, null);
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
