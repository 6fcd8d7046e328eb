package io.mobula.worker.loop;

import io.mobula.proto.Failure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What user threads wait for of one loop, so that the end of its part in the cluster reaches all of
 * them, however it came: the session closed, the link lost, the loop failed. Thread-safe.
 *
 * <p>Most of what is waited for is failed by the machine that would have brought it, which knows
 * best; this is what makes it certain, whatever state the machines are in.
 *
 * <h2>How it works</h2>
 *
 * <p>A thread adds its wait and then reads whether it is over; the loop says that it is over and
 * then goes through the waits. Both are sequentially consistent, so that one of the two ends each
 * wait; both may.
 */
public final class OpenWaits {
  private final Set<Wait> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Failure> end = new AtomicReference<>();

  /** What one thread, or one future, waits for. */
  @FunctionalInterface
  public interface Wait {
    /**
     * It will not come. Any thread, perhaps more than once, perhaps after it came: then without
     * effect. Returns at once and throws nothing.
     */
    void end(Failure reason);
  }

  /** Somebody begins to wait. Ended here and now if there is nothing to wait for any more. */
  public void add(Wait wait) {
    open.add(wait);
    Failure reason = end.get();
    if (reason != null) {
      wait.end(reason);
    }
  }

  /** The wait is over. */
  public void remove(Wait wait) {
    open.remove(wait);
  }

  /**
   * Ends all waits, now and from now on. The first reason counts. What one of them throws, for want
   * of memory or threads, does not keep it from ending the others.
   */
  public void endAll(Failure reason) {
    end.compareAndSet(null, reason);
    Failure first = end.get();
    if (first != null) {
      int failed = 0;
      for (Wait wait : open) {
        failed += isEnded(wait, first) ? 0 : 1;
      }
      if (failed > 0) {
        // Those that have ended let go of memory and threads.
        for (Wait wait : open) {
          isEnded(wait, first);
        }
      }
    }
  }

  private static boolean isEnded(Wait wait, Failure reason) {
    try {
      wait.end(reason);
      return true;
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  /** Why there is nothing to wait for any more; null as long as there is. */
  public @Nullable Failure reason() {
    return end.get();
  }

  /** For inspection. */
  public int size() {
    return open.size();
  }
}
