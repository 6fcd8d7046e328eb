package io.mobula.driver.local;

import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.raylet.InProcess;
import io.mobula.raylet.worker.JobJvm;
import io.mobula.raylet.worker.LastWords;
import io.mobula.raylet.worker.OutputBuffer;
import io.mobula.raylet.worker.WorkerProcesses;
import io.mobula.raylet.worker.WorkerStart;
import io.mobula.worker.WorkerEnvironment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The workers of a local cluster. The raylet starts and ends them as it does processes; {@link
 * #close} waits for all, once there is no raylet any more.
 */
public final class LocalWorkers implements InProcess.WorkerSource, AutoCloseable {
  private static final Logger LOG = System.getLogger(LocalWorkers.class.getName());

  /** For user code to end that was interrupted. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final long PID = ProcessHandle.current().pid();

  private final InProcessNetwork network;
  private final ClassLoader loader;
  private final Clock clock;

  /** Whoever starts or ends a worker, and the closing thread. */
  private final ConcurrentHashMap<Integer, LocalWorker> workers = new ConcurrentHashMap<>();

  /** Whose user threads outlived them; looked at again at the end. */
  private final ConcurrentHashMap<Integer, LocalWorker> lingering = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param loader finds the user's classes, for all of them
   */
  public LocalWorkers(InProcessNetwork network, ClassLoader loader, Clock clock) {
    this.network = network;
    this.loader = loader;
    this.clock = clock;
  }

  @Override
  public WorkerProcesses open(LoopExecutor loop, WorkerProcesses.Events events) {
    return new Starter(loop, events);
  }

  /** Ends those that the raylet has not, and names user threads that go on, in one warning. */
  @Override
  public void close() {
    workers.values().forEach(LocalWorker::end);
    List<String> left = new ArrayList<>();
    long endNanos = clock.nanoTime() + PATIENCE.toNanos();
    for (LocalWorker worker : all()) {
      left.addAll(worker.awaitEnd(clock, endNanos));
    }
    if (!left.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "user code goes on after the session, though it was interrupted: threads={0}",
          left);
    }
  }

  private List<LocalWorker> all() {
    List<LocalWorker> all = new ArrayList<>(workers.values());
    all.addAll(lingering.values());
    return all;
  }

  /** Has ended; what it ran may go on. */
  private void ended(int number) {
    LocalWorker worker = workers.get(number);
    lingering.values().removeIf(gone -> !gone.isUserCodeRunning());
    if (worker != null) {
      if (worker.isUserCodeRunning()) {
        lingering.put(number, worker);
      }
      workers.remove(number);
    }
  }

  /** What the raylet has for starting processes. Owner thread: the raylet's loop. */
  private final class Starter implements WorkerProcesses {
    private final LoopExecutor loop;
    private final Events events;

    Starter(LoopExecutor loop, Events events) {
      this.loop = loop;
      this.events = events;
    }

    /** Class path and options are this process's. */
    @Override
    public void launch(WorkerStart start, JobJvm job, Map<String, String> settings) {
      int number = start.number();
      LocalWorker worker =
          new LocalWorker(WorkerEnvironment.of(settings), status -> onEnded(start, status));
      workers.put(number, worker);
      Thread.ofVirtual().name("launch-" + number).start(() -> run(number, worker));
    }

    @Override
    public void terminate(int number) {
      end(number);
    }

    @Override
    public void kill(int number) {
      end(number);
    }

    @Override
    public void close() {
      workers.values().forEach(LocalWorker::end);
    }

    private void end(int number) {
      LocalWorker worker = workers.get(number);
      if (worker != null) {
        worker.end();
      }
    }

    private void run(int number, LocalWorker worker) {
      post(() -> events.launched(number, PID));
      try {
        worker.open(loader, network);
      } catch (RuntimeException | Error e) {
        // Also for want of threads or memory: the pool must hear that it will not come.
        LOG.log(Level.DEBUG, "a worker of this process did not start: number=" + number, e);
        worker.end();
      }
    }

    /** It printed what it had to say itself. */
    private void onEnded(WorkerStart start, String status) {
      ended(start.number());
      post(() -> {
        events.wrote(OutputBuffer.ended(start, PID, false));
        events.wrote(OutputBuffer.ended(start, PID, true));
        events.exited(start.number(), status, LastWords.NONE);
      });
    }

    private void post(Runnable action) {
      if (!loop.post(action)) {
        LOG.log(Level.DEBUG, "event of a worker of this process after the raylet's end");
      }
    }
  }
}
