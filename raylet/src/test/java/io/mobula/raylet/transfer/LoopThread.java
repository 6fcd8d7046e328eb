package io.mobula.raylet.transfer;

import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.Timers;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A loop that is one plain thread, for tests of adapters against real sockets and files. */
public final class LoopThread implements LoopExecutor, Timers, AutoCloseable {
  private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);

  /** Starts it. */
  public LoopThread() {
    thread.setRemoveOnCancelPolicy(true);
  }

  @Override
  public boolean post(Runnable action) {
    try {
      thread.execute(action);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    ScheduledFuture<?> future = thread.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** Runs the action on the loop and waits for its result. */
  public <T> T call(Callable<T> action) throws Exception {
    try {
      return thread.submit(action).get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("action failed on the loop", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("loop does not answer", e);
    }
  }

  /** Runs the action on the loop and waits until it is done. */
  public void run(Runnable action) throws Exception {
    call(() -> {
      action.run();
      return true;
    });
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
