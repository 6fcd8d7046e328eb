package io.mobula.agent.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a process closes before it ends, however it is asked to end, from before it starts to make
 * what must be closed.
 *
 * <p>A process that is asked to end in the middle of its start waits for the start, then closes
 * what came of it: what is half made could not be found by anybody. Thread-safe; the start belongs
 * to one thread.
 */
public final class ExitCleanup {
  private static final System.Logger LOG = System.getLogger(ExitCleanup.class.getName());
  private static final Duration START_MAX = Duration.ofSeconds(10);

  private final CompletableFuture<Runnable> cleanup = new CompletableFuture<>();
  private final Thread hook;

  private ExitCleanup(String threadName) {
    hook = Thread.ofPlatform().name(threadName).unstarted(this::run);
  }

  /**
   * Call this before the start, and {@link #startIsOver} after it, in a {@code finally}.
   *
   * @throws IllegalStateException if the process is ending already
   */
  public static ExitCleanup register(String threadName) {
    ExitCleanup exit = new ExitCleanup(threadName);
    Runtime.getRuntime().addShutdownHook(exit.hook);
    return exit;
  }

  /** The start has succeeded: this closes what it made. */
  public void closeAtExit(Runnable close) {
    cleanup.complete(close);
  }

  /** The start is over; if it has failed, it has closed what it made. */
  public void startIsOver() {
    if (cleanup.complete(() -> {})) {
      forget();
    }
  }

  /** Whether the process ends already, so that what is started now is closed at once. */
  public boolean isProcessEnding() {
    return hook.getState() != Thread.State.NEW;
  }

  /** There is nothing to close any more. */
  public void forget() {
    if (Thread.currentThread() == hook) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and the hook finds nothing to do.
      LOG.log(System.Logger.Level.DEBUG, "closed while the process ends", e);
    }
  }

  private void run() {
    try {
      cleanup.get(START_MAX.toSeconds(), TimeUnit.SECONDS).run();
    } catch (TimeoutException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the start did not end in time; the next start removes its files: time={0}",
          START_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a cleanup is set, it does not fail", e);
    }
  }
}
