package io.mobula.raylet.worker;

import io.mobula.agent.board.BoardReport;
import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.loop.LoopExecutor;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Starts worker processes with {@link ProcessBuilder}. An edge: processes are started and awaited
 * on virtual threads, and everything comes back by a post to the raylet's loop, which alone touches
 * the table here.
 *
 * <p>The two pipes of a worker are read by a platform thread each: reading a pipe occupies a
 * virtual thread's carrier, and a few hundred workers would then stop every virtual thread of the
 * process.
 */
public final class WorkerLauncher implements WorkerProcesses {
  private static final Logger LOG = System.getLogger(WorkerLauncher.class.getName());
  private static final Duration READERS_TIMEOUT = Duration.ofMillis(500);

  /**
   * How much longer what a process wrote may still be read. It takes longer only if children of it
   * live on and have its outputs; then the driver is told that more may come.
   */
  private static final Duration OUTPUT_TIMEOUT = Duration.ofSeconds(1);

  private static final long READER_STACK_BYTES = 256 << 10;

  private final WorkerCommand command;
  private final Path nodeDirectory;
  private final Path logs;
  private final LoopExecutor loop;
  private final Events events;
  private final Map<Integer, Optional<WorkerProcess>> processes = new HashMap<>();
  private final Map<Integer, Boolean> endWhenStarted = new HashMap<>();

  /**
   * Added before {@link #isClosed} is read, which is written before they are gone through: so none
   * outlives the close.
   */
  private final Set<WorkerProcess> living = ConcurrentHashMap.newKeySet();

  private volatile boolean isClosed;

  /**
   * Makes a launcher without processes.
   *
   * @param nodeDirectory where workers have their running boards
   * @param logs the folder for {@code worker-<number>-<pid>.out} and {@code .err}
   */
  public WorkerLauncher(
      WorkerCommand command, Path nodeDirectory, Path logs, LoopExecutor loop, Events events) {
    this.command = command;
    this.nodeDirectory = nodeDirectory;
    this.logs = logs;
    this.loop = loop;
    this.events = events;
  }

  @Override
  public void launch(WorkerStart start, JobJvm job, Map<String, String> settings) {
    processes.put(start.number(), Optional.empty());
    ProcessBuilder builder = new ProcessBuilder(command.line(job, start.heapBytes()));
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.directory(workingDirectory());
    builder.environment().clear();
    builder.environment().putAll(command.environment(settings));
    Thread.ofVirtual().name("launch-" + start.number()).start(() -> run(start, builder));
  }

  /** That of this process, by its name: a JVM does not start in a folder that is gone. */
  private File workingDirectory() {
    File own = new File(System.getProperty("user.dir", ""));
    return own.isDirectory() ? own : nodeDirectory.toFile();
  }

  @Override
  public void terminate(int number) {
    end(number, false);
  }

  @Override
  public void kill(int number) {
    end(number, true);
  }

  /** Also of those whose start the loop has not heard of, and will not any more. */
  @Override
  public void close() {
    isClosed = true;
    processes.keySet().forEach(this::kill);
    living.forEach(WorkerProcess::kill);
  }

  private void end(int number, boolean atOnce) {
    Optional<WorkerProcess> process = processes.get(number);
    if (process == null) {
      return;
    }
    if (process.isEmpty()) {
      endWhenStarted.merge(number, atOnce, Boolean::logicalOr);
    } else if (atOnce) {
      process.get().kill();
    } else {
      process.get().terminate();
    }
  }

  /**
   * From start to end, on a virtual thread. Whatever is thrown meanwhile, also for want of memory
   * or threads: the raylet hears of the end, for which all is made before the start.
   */
  private void run(WorkerStart start, ProcessBuilder builder) {
    int number = start.number();
    Runnable lost =
        () ->
            exited(
                number,
                "it could not be watched: the raylet lacks memory or threads",
                LastWords.NONE);
    AtomicBoolean isReported = new AtomicBoolean();
    WorkerProcess process;
    try {
      process = WorkerProcess.start(builder);
    } catch (IOException | RuntimeException | Error e) {
      post(() -> {
        forget(number);
        events.launchFailed(number, "can't start a process: " + e.getMessage());
      });
      return;
    }
    try {
      living.add(process);
      boolean isPosted = post(() -> started(number, process));
      if (!isPosted || isClosed) {
        process.kill();
      }
      watch(start, process, isReported);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but the end of the JVM.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a worker is ended that can't be watched: number=" + number, e);
    } finally {
      if (isReported.compareAndSet(false, true)) {
        process.kill();
        post(lost);
      }
      living.remove(process);
    }
  }

  private void watch(WorkerStart start, WorkerProcess process, AtomicBoolean isReported)
      throws InterruptedException {
    OutputBuffer standardOut = new OutputBuffer(start, process.pid(), false);
    OutputBuffer standardError = new OutputBuffer(start, process.pid(), true);
    try {
      watch(start, process, standardOut, standardError, isReported);
    } finally {
      cut(standardOut);
      cut(standardError);
    }
  }

  private void watch(
      WorkerStart start,
      WorkerProcess process,
      OutputBuffer standardOut,
      OutputBuffer standardError,
      AtomicBoolean isReported)
      throws InterruptedException {
    int number = start.number();
    Reading out = read(process.out(), start, process.pid(), "out", standardOut);
    Reading err = read(process.err(), start, process.pid(), "err", standardError);
    int exitCode = process.awaitExit();
    out.thread.join(READERS_TIMEOUT);
    boolean isWhole = err.thread.join(READERS_TIMEOUT);
    LastWords lastWords =
        new LastWords(isWhole ? err.reader.lastLines() : List.of(), takeBoard(number));
    Runnable end = () -> exited(number, ExitStatus.describe(exitCode), lastWords);
    if (isReported.compareAndSet(false, true)) {
      post(end);
    }
    out.thread.join(OUTPUT_TIMEOUT);
    err.thread.join(OUTPUT_TIMEOUT);
  }

  private void exited(int number, String status, LastWords lastWords) {
    forget(number);
    events.exited(number, status, lastWords);
  }

  /** Reads a dead process's board, and deletes it. */
  private BoardReport takeBoard(int number) {
    Path path = RunningBoard.path(nodeDirectory, number);
    try {
      BoardReport report = BoardReport.read(path);
      Files.delete(path);
      return report;
    } catch (NoSuchFileException e) {
      // It did not come so far, or has none: an actor's process.
      return BoardReport.UNKNOWN;
    } catch (IOException | RuntimeException | InternalError e) {
      // An internal error is what reading mapped memory throws if the file system is full.
      LOG.log(Level.WARNING, "what a dead worker was doing can''t be read: {0}", e.toString());
      return BoardReport.UNKNOWN;
    }
  }

  private void started(int number, WorkerProcess process) {
    processes.put(number, Optional.of(process));
    Boolean atOnce = endWhenStarted.remove(number);
    if (atOnce != null) {
      end(number, atOnce);
    }
    events.launched(number, process.pid());
  }

  private void forget(int number) {
    processes.remove(number);
    endWhenStarted.remove(number);
  }

  private Reading read(
      InputStream pipe, WorkerStart start, long pid, String suffix, OutputBuffer buffer) {
    Path file = logs.resolve("worker-" + start.number() + "-" + pid + "." + suffix);
    OutputReader reader =
        new OutputReader(pipe, file, buffer, () -> post(() -> events.wrote(buffer)));
    Thread thread =
        Thread.ofPlatform()
            .name("worker-" + start.number() + "-" + suffix)
            .daemon(true)
            .stackSize(READER_STACK_BYTES)
            .start(reader);
    return new Reading(reader, thread);
  }

  private void cut(OutputBuffer buffer) {
    if (buffer.cut()) {
      post(() -> events.wrote(buffer));
    }
  }

  private boolean post(Runnable action) {
    boolean isPosted = loop.post(action);
    if (!isPosted) {
      LOG.log(Level.DEBUG, "event of a worker process after the raylet's end");
    }
    return isPosted;
  }

  private record Reading(OutputReader reader, Thread thread) {}
}
