package io.mobula.worker.user;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.api.MobulaException;
import io.mobula.api.SessionClosedException;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.failure.Failures;
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

    /** Whether it ended by an error of its own. */
    default boolean hasFailed() {
      return false;
    }
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

          @Override
          public boolean hasFailed() {
            return loop.fatal() != null;
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
    if (!offer(message)) {
      throw ended();
    }
  }

  /**
   * For what is made without the loop, which alone takes it away again.
   *
   * @throws MobulaException if the loop has ended; user code may outlive it in local mode
   */
  void requireOpen() {
    if (!mailbox.isOpen()) {
      throw ended();
    }
  }

  private MobulaException ended() {
    Failure reason = waits.reason();
    if (reason != null) {
      return FailureExceptions.toException(reason, null);
    }
    // It ends just now, and has not said why yet.
    return mailbox.hasFailed()
        ? FailureExceptions.toException(
            Failures.of(FailureKind.CLUSTER_LOST, "this process's loop has failed"), null)
        : new SessionClosedException("the session is closed, or its cluster is lost");
  }

  /** For messages about what is no longer needed: after the end they need not arrive. */
  public boolean postUnlessClosed(CoreMessage message) {
    return offer(message);
  }

  /**
   * Pauses while the mailbox is full, also on a thread that is interrupted; false after the end.
   */
  private boolean offer(CoreMessage message) {
    boolean isInterrupted = false;
    try {
      while (!mailbox.offer(message)) {
        if (!mailbox.isOpen()) {
          return false;
        }
        // With the interrupt set, no pause would be one.
        isInterrupted |= Thread.interrupted();
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
      return true;
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
