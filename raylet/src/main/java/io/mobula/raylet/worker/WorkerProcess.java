package io.mobula.raylet.worker;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A process whose output is read to its end, however the process ends. Thread-safe.
 *
 * <p>{@link Process} alone would not do. Its {@code destroy} closes its streams, and with them goes
 * what was written and not yet read; and when the process exits, it empties the pipes itself,
 * beside a thread that reads. So the pipes are opened a second time here, as Linux lets one do, and
 * the process is ended by its handle, which sends a signal and does nothing else.
 */
final class WorkerProcess {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private final Process process;
  private final InputStream out;
  private final InputStream err;

  private WorkerProcess(Process process) throws IOException {
    this.process = process;
    this.out = ownEnd(process.pid(), STDOUT, process.getInputStream());
    this.err = ownEnd(process.pid(), STDERR, process.getErrorStream());
  }

  /** Starts it; if its output can't be had, it is ended again. */
  static WorkerProcess start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    try {
      return new WorkerProcess(process);
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  long pid() {
    return process.pid();
  }

  /** What it writes to its standard output; ends when nobody can write there any more. */
  InputStream out() {
    return out;
  }

  /** What it writes to its standard error; as {@link #out()}. */
  InputStream err() {
    return err;
  }

  /** Asks it to end. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Ends it at once. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Returns its exit code when it has ended. */
  int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  /** A pipe without a name can be opened anew through its writer; that never blocks. */
  private static InputStream ownEnd(long pid, int descriptor, InputStream theirs)
      throws IOException {
    InputStream own;
    try {
      own =
          new FileInputStream(
              Path.of("/proc", Long.toString(pid), "fd", Integer.toString(descriptor)).toFile());
    } catch (IOException e) {
      // It has ended already; the other end still has what it wrote.
      return theirs;
    }
    theirs.close();
    return own;
  }
}
