package io.mobula.driver;

import io.mobula.agent.loop.Uninterrupted;
import io.mobula.proto.LogLines;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prints what workers write, each line with the name, pid and node it is from, as in {@code
 * (Counter pid=4711 node=web-1) hello}. Thread-safe.
 *
 * <p>A thread of its own prints, so a slow terminal holds up nobody. What waits for it is bounded;
 * what does not fit is counted and said. The end waits for it as long as anything is printed,
 * whatever interrupts come.
 */
final class WorkerOutput implements AutoCloseable {
  static final long WAITING_BYTES_MAX = 32L << 20;

  /** What a line needs beyond its text, about. */
  private static final int LINE_OVERHEAD_BYTES = 64;

  private static final Duration STANDSTILL = Duration.ofSeconds(2);
  private static final LogLines END = LogLines.getDefaultInstance();

  private final BlockingQueue<LogLines> queue = new LinkedBlockingQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong waitingLines = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final PrintStream out;
  private final PrintStream err;
  private final Duration standstill;
  private final Thread printer;

  WorkerOutput(PrintStream out, PrintStream err) {
    this(out, err, STANDSTILL);
  }

  /**
   * Starts the thread.
   *
   * @param standstill how long the end waits while nothing can be printed
   */
  WorkerOutput(PrintStream out, PrintStream err, Duration standstill) {
    this.out = out;
    this.err = err;
    this.standstill = standstill;
    this.printer = Thread.ofPlatform().name("worker-output").daemon(true).start(this::print);
  }

  /** Returns at once. */
  void offer(LogLines lines) {
    long bytes = bytes(lines);
    if (waitingBytes.addAndGet(bytes) > WAITING_BYTES_MAX) {
      waitingBytes.addAndGet(-bytes);
      dropped.addAndGet(lines.getLinesCount());
    } else {
      waitingLines.addAndGet(lines.getLinesCount());
      queue.add(lines);
    }
  }

  /** Says something about the output as a whole, after what has been offered. */
  void note(String text) {
    queue.add(LogLines.newBuilder().setIsStderr(true).addLines(text).build());
    waitingLines.incrementAndGet();
  }

  /**
   * Ends when everything is printed; or when nothing can be, because nobody reads this process's
   * output: then it says how much is missing, if it can.
   */
  @Override
  public void close() {
    queue.add(END);
    long before;
    long waiting = waitingLines.get();
    boolean isPrinted;
    do {
      before = waiting;
      isPrinted = Uninterrupted.join(printer, standstill);
      waiting = waitingLines.get();
    } while (!isPrinted && waiting < before);
    if (!isPrinted) {
      complain(waiting + dropped.get());
    }
  }

  private void complain(long lines) {
    // It may be as impossible to write there.
    Thread complaint =
        Thread.ofPlatform()
            .name("worker-output-lost")
            .daemon(true)
            .start(() ->
                err.println(
                    lines
                        + " lines of the workers' output were not shown: nobody reads this"
                        + " process's output"));
    Uninterrupted.join(complaint, standstill);
  }

  private void print() {
    try {
      for (LogLines lines = queue.take(); lines != END; lines = queue.take()) {
        print(lines);
        waitingBytes.addAndGet(-bytes(lines));
      }
      long lost = dropped.getAndSet(0);
      if (lost > 0) {
        err.println(lostText(lost));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private void print(LogLines lines) {
    String prefix =
        lines.getProcessName().isEmpty()
            ? ""
            : "("
                + lines.getProcessName()
                + " pid="
                + lines.getPid()
                + " node="
                + lines.getHostName()
                + ") ";
    long lost = dropped.getAndSet(0) + lines.getDroppedLines();
    if (lost > 0) {
      err.println(prefix + lostText(lost));
    }
    PrintStream stream = lines.getIsStderr() ? err : out;
    for (String line : lines.getLinesList()) {
      stream.println(prefix + line);
      waitingLines.decrementAndGet();
    }
    stream.flush();
  }

  private static String lostText(long lines) {
    return "… " + lines + " lines left out: the driver was slow to print them";
  }

  private static long bytes(LogLines lines) {
    return lines.getSerializedSize() + (long) LINE_OVERHEAD_BYTES * lines.getLinesCount();
  }
}
