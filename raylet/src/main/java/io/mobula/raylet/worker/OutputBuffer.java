package io.mobula.raylet.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lines of one output of one worker, on their way from the thread that reads the pipe to the
 * raylet's loop. A concurrent structure: one thread adds, one takes.
 *
 * <p>Bounded: when {@link #LINES_MAX} lines wait, the thread that adds waits for the one that
 * takes, and so does the worker in the end, but not for long: a taker that stands still makes it
 * leave lines out and count them. The full text is in the log file all the same.
 *
 * <h2>The line that has not ended</h2>
 *
 * <p>The adding thread shows it here before it reads on ({@link #show}), and takes it back before
 * it goes on with it ({@link #takeBack}). If it finds that the taker {@linkplain #takeShown took}
 * it meanwhile, what follows is a line of its own. The taker may have it only after all lines
 * before it: what is shown says how many those are.
 */
public final class OutputBuffer {
  static final int LINES_MAX = 2_048;
  private static final int BATCH_MAX = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final WorkerStart start;
  private final long pid;
  private final boolean isStderr;
  private final long patienceNanos;
  private final ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);
  private final AtomicReference<@Nullable Shown> shown = new AtomicReference<>();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicBoolean isAnnounced = new AtomicBoolean();
  private volatile boolean isEnded;
  private volatile boolean isCut;

  // The adding thread's.
  private long added;
  private boolean isTakerStill;

  // The taker's.
  private long taken;
  private boolean isEndTaken;

  /** The beginning of a line, and how many lines came before it. */
  private record Shown(String text, long linesBefore) {}

  OutputBuffer(WorkerStart start, long pid, boolean isStderr) {
    this(start, pid, isStderr, PATIENCE);
  }

  /**
   * An empty buffer.
   *
   * @param patience how long a taker that stands still is waited for
   */
  OutputBuffer(WorkerStart start, long pid, boolean isStderr, Duration patience) {
    this.start = start;
    this.pid = pid;
    this.isStderr = isStderr;
    this.patienceNanos = patience.toNanos();
  }

  /** That of a worker which writes elsewhere: it has ended. */
  public static OutputBuffer ended(WorkerStart start, long pid, boolean isStderr) {
    OutputBuffer buffer = new OutputBuffer(start, pid, isStderr);
    buffer.isEnded = true;
    return buffer;
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
    taken += batch.size();
    return batch;
  }

  /**
   * The line that has not ended, which is the next to be taken, by its number; -1 if there is none.
   */
  public long shownLine() {
    Shown now = shown.get();
    return now != null && now.linesBefore == taken ? taken : -1;
  }

  /** Takes the line that has not ended as if it had; null if it goes on just now. */
  public @Nullable String takeShown() {
    Shown now = shown.get();
    if (now == null || now.linesBefore != taken || !shown.compareAndSet(now, null)) {
      return null;
    }
    return now.text;
  }

  /** Whether nothing more will come but the line that has not ended. */
  public boolean isEnding() {
    return isEnded && lines.isEmpty();
  }

  /** Whether more may have come than was waited for. */
  public boolean isCut() {
    return isCut;
  }

  /** Whether nothing more will come and all has been taken; true once. */
  public boolean takeEnd() {
    boolean isOver = isEnded && !isEndTaken && lines.isEmpty();
    isEndTaken |= isOver;
    return isOver;
  }

  /**
   * The taker found nothing: what comes next is announced again. Returns whether something came
   * meanwhile.
   */
  public boolean rest() {
    isAnnounced.set(false);
    boolean hasMore = !lines.isEmpty() || (isEnded && !isEndTaken);
    return hasMore && isAnnounced.compareAndSet(false, true);
  }

  /** Adds a line; returns whether the taker has to be told. */
  boolean add(String line) {
    if (offer(line)) {
      added++;
    } else {
      dropped.incrementAndGet();
    }
    return announce();
  }

  /** Shows the beginning of the next line; returns whether the taker has to be told. */
  boolean show(String beginning) {
    shown.set(new Shown(beginning, added));
    return announce();
  }

  /** Takes back what is shown; returns whether the taker has it already. */
  boolean takeBack() {
    return shown.getAndSet(null) == null;
  }

  /** Nothing more will come; returns whether the taker has to be told. */
  boolean end() {
    isEnded = true;
    return announce();
  }

  /**
   * Nobody waits for its end any more, unless it has come; returns whether the taker has to be
   * told. By any thread.
   */
  boolean cut() {
    if (isEnded) {
      return false;
    }
    isCut = true;
    return end();
  }

  private boolean announce() {
    return isAnnounced.compareAndSet(false, true);
  }

  /** Lines that wait have been announced, so whoever waits for room here is not forgotten. */
  private boolean offer(String line) {
    if (lines.offer(line)) {
      isTakerStill = false;
      return true;
    }
    if (isTakerStill) {
      return false;
    }
    boolean isAdded = false;
    try {
      isAdded = lines.offer(line, patienceNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    isTakerStill = !isAdded;
    return isAdded;
  }
}
