package io.mobula.driver;

import io.mobula.proto.LogLines;
import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prints what workers write, each line with the name, pid and node it is from, as in {@code
 * (Counter pid=4711 node=web-1) hello}. Thread-safe.
 *
 * <p>A thread of its own prints, so a slow terminal holds up nobody. The queue is bounded; what
 * does not fit is counted and said.
 */
final class WorkerOutput implements AutoCloseable {
  private static final int QUEUE_CAPACITY = 4096;

  private final BlockingQueue<LogLines> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final AtomicLong dropped = new AtomicLong();
  private final PrintStream out;
  private final PrintStream err;
  private final Thread printer;

  WorkerOutput(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
    this.printer = Thread.ofPlatform().name("worker-output").daemon(true).start(this::print);
  }

  /** Returns at once. */
  void offer(LogLines lines) {
    if (!queue.offer(lines)) {
      dropped.addAndGet(lines.getLinesCount());
    }
  }

  /** Prints what is queued, then ends. */
  @Override
  public void close() {
    printer.interrupt();
    try {
      printer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print() {
    try {
      while (true) {
        print(queue.take());
      }
    } catch (InterruptedException e) {
      // The session ends: what is there still appears.
      for (LogLines lines = queue.poll(); lines != null; lines = queue.poll()) {
        print(lines);
      }
    }
  }

  private void print(LogLines lines) {
    String prefix =
        "("
            + lines.getProcessName()
            + " pid="
            + lines.getPid()
            + " node="
            + lines.getHostName()
            + ") ";
    long lost = dropped.getAndSet(0) + lines.getDroppedLines();
    if (lost > 0) {
      err.println(prefix + "… " + lost + " lines left out: the driver was slow to print them");
    }
    PrintStream stream = lines.getIsStderr() ? err : out;
    lines.getLinesList().forEach(line -> stream.println(prefix + line));
    stream.flush();
  }
}
