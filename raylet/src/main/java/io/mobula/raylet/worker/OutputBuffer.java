package io.mobula.raylet.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines of one output of one worker, on their way from the thread that reads the pipe to the
 * raylet's loop. A concurrent structure: one thread {@linkplain #add adds}, one {@linkplain #take
 * takes}.
 *
 * <p>Bounded: when {@link #LINES_MAX} lines wait, further ones are left out and counted; the full
 * text is in the log file all the same.
 */
public final class OutputBuffer {
  static final int LINES_MAX = 2_048;
  private static final int BATCH_MAX = 256;

  private final WorkerStart start;
  private final long pid;
  private final boolean isStderr;
  private final ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicBoolean isAnnounced = new AtomicBoolean();

  OutputBuffer(WorkerStart start, long pid, boolean isStderr) {
    this.start = start;
    this.pid = pid;
    this.isStderr = isStderr;
  }

  public WorkerStart start() {
    return start;
  }

  public long pid() {
    return pid;
  }

  public boolean isStderr() {
    return isStderr;
  }

  /** Lines left out since the last call. */
  public long takeDropped() {
    return dropped.getAndSet(0);
  }

  /** Up to a batch of lines, in order; empty if none waits. */
  public List<String> take() {
    List<String> batch = new ArrayList<>();
    lines.drainTo(batch, BATCH_MAX);
    return batch;
  }

  /**
   * The taker found nothing: the next line is announced again. Returns whether one came meanwhile.
   */
  public boolean rest() {
    isAnnounced.set(false);
    return !lines.isEmpty() && isAnnounced.compareAndSet(false, true);
  }

  /** Adds a line; returns whether the taker has to be told. */
  boolean add(String line) {
    if (!lines.offer(line)) {
      dropped.incrementAndGet();
    }
    return isAnnounced.compareAndSet(false, true);
  }
}
