package io.mobula.rpc;

import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.Timers;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Timers that Netty's thread keeps and the owning loop runs. Owner thread: the loop's. */
final class EventLoopTimers implements Timers {
  private final EventLoopGroup group;
  private final LoopExecutor loop;

  EventLoopTimers(RpcThread thread, LoopExecutor loop) {
    this.group = thread.group();
    this.loop = loop;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    Entry entry = new Entry(action);
    entry.future = group.schedule(() -> loop.post(entry::fire), delayNanos, TimeUnit.NANOSECONDS);
    return entry;
  }

  private static final class Entry implements Timer {
    private final Runnable action;
    private @Nullable Future<?> future;
    private boolean isCancelled;

    Entry(Runnable action) {
      this.action = action;
    }

    void fire() {
      if (!isCancelled) {
        action.run();
      }
    }

    @Override
    public void cancel() {
      isCancelled = true;
      if (future != null) {
        future.cancel(false);
      }
    }
  }
}
