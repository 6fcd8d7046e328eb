package io.mobula.agent.session;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What has been opened, to be closed in the opposite order: each part, whatever the others throw,
 * also for want of memory or threads. Thread-safe.
 */
public final class OpenParts implements AutoCloseable {
  private static final Logger LOG = System.getLogger(OpenParts.class.getName());

  private final ConcurrentLinkedDeque<Part> parts = new ConcurrentLinkedDeque<>();

  private record Part(String name, AutoCloseable end) {}

  /** Closed before all that was added before it. */
  public <T extends AutoCloseable> T add(T part) {
    add(part.getClass().getSimpleName(), part);
    return part;
  }

  /**
   * Closed before all that was added before it.
   *
   * @param name for the log
   */
  public void add(String name, AutoCloseable end) {
    parts.push(new Part(name, end));
  }

  /** Closes everything; what can't be closed is logged and does not stop the rest. Idempotent. */
  @Override
  public void close() {
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      close(part.name, part.end);
    }
  }

  /**
   * Takes one step of an end, on which the next must not depend: what it throws is logged.
   *
   * @param name for the log
   */
  public static void close(String name, AutoCloseable end) {
    try {
      end.close();
    } catch (Exception | Error e) {
      try {
        LOG.log(Level.WARNING, "not closed in order: part=" + name, e);
      } catch (RuntimeException | Error unlogged) {
        // There is no memory for that either; the next part may give some back.
        e.addSuppressed(unlogged);
      }
    }
  }
}
