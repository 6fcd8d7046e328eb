package io.mobula.raylet.objects;

import io.mobula.agent.loop.Timers;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks for ended holds as long as there are processes that would not tell. Owner thread: the
 * raylet's loop.
 */
final class HoldWatch {

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final SharedReaders readers;
  private final Timers timers;
  private final Runnable onLook;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private Timers.@Nullable Timer timer;
  private boolean isClosed;

  /**
   * @param onLook holds may have ended
   */
  HoldWatch(SharedReaders readers, Timers timers, Runnable onLook) {
    this.readers = readers;
    this.timers = timers;
    this.onLook = onLook;
  }

  /** A process is gone. */
  void gone(long address) {
    if (readers.gone(address)) {
      onLook.run();
    } else if (readers.isLingering()) {
      pauseNanos = FIRST_PAUSE_NANOS;
      cancel();
      schedule();
    }
  }

  void close() {
    isClosed = true;
    cancel();
  }

  private void schedule() {
    if (!isClosed) {
      timer = timers.schedule(pauseNanos, this::look);
    }
  }

  private void look() {
    timer = null;
    readers.sweep();
    onLook.run();
    if (readers.isLingering()) {
      pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
      schedule();
    }
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
