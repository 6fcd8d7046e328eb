package io.mobula.worker;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.session.NodeDirectory;
import io.mobula.api.MobulaException;
import io.mobula.api.spi.RuntimeHolder;
import io.mobula.proto.LogLines;
import io.mobula.proto.OutputEnded;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreSweep;
import io.mobula.worker.loop.CoreWorkerEvents;
import io.mobula.worker.loop.CoreWorkerSetup;
import io.mobula.worker.session.CoreWorkerSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A worker process: connects to the raylet that started it and runs what owners push. Its settings
 * come from environment variables ({@link WorkerEnvironment}).
 *
 * <p>It ends when its raylet does: the Unix socket closes, and the process halts at once, whatever
 * its user code is doing. If the raylet died without cleaning up, the first of its workers to
 * notice removes the node's folder, sockets and store file.
 */
public final class WorkerMain {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  /** How long shutdown hooks of user code may take. */
  private static final Duration EXIT_GRACE = Duration.ofSeconds(5);

  private WorkerMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    WorkerEnvironment environment;
    try {
      environment = WorkerEnvironment.of(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    ExitDeadline.set(EXIT_GRACE);
    run(environment);
  }

  private static void run(WorkerEnvironment environment) throws InterruptedException {
    CoreWorkerSetup setup =
        environment.setup(
            WorkerMain.class.getClassLoader(),
            new Events(environment.nodeDirectory()),
            board(environment),
            null);
    WorkerExit.prepare();
    CoreWorkerSession session;
    try {
      session = CoreWorkerSession.connect(setup, CONNECT_TIMEOUT);
    } catch (MobulaException e) {
      System.err.println("worker can't reach its raylet: " + e.getMessage());
      Runtime.getRuntime().halt(1);
      return;
    }
    session.begin(
        environment.job(),
        environment.namespace(),
        environment.isRecordingCallSites(),
        session::close,
        RuntimeHolder::install);
    // The loop and the user threads are daemons: this thread is what keeps the process.
    new CountDownLatch(1).await();
  }

  private static RunningBoard board(WorkerEnvironment environment) {
    if (environment.slots() == 0) {
      return RunningBoard.unwatched();
    }
    try {
      return RunningBoard.create(
          RunningBoard.path(environment.nodeDirectory(), environment.number()),
          environment.slots());
    } catch (IOException e) {
      // Without it, all that was pushed here counts as started when this process dies.
      System.err.println("what tasks do is not noted: " + e.getMessage());
      return RunningBoard.unwatched();
    }
  }

  /** What a worker does when its raylet is gone: nothing can use it any more. */
  private record Events(Path nodeDirectory) implements CoreWorkerEvents {
    @Override
    public void onLogLines(LogLines lines) {
      throw new IllegalStateException("log lines at a worker");
    }

    @Override
    public void onOutputEnded(long raylet, OutputEnded ended) {
      throw new IllegalStateException("the end of output at a worker");
    }

    @Override
    public void onNeedPackage(String sha256) {
      throw new IllegalStateException("a package wanted of a worker: sha256=" + sha256);
    }

    @Override
    public void onLost(String reason) {
      try {
        if (NodeDirectory.removeIfDead(nodeDirectory)) {
          StoreSweep.sweep(StoreDirectory.preferred());
        }
      } catch (IOException e) {
        System.err.println("the dead node's files are left for the next start: " + e.getMessage());
      } finally {
        Runtime.getRuntime().halt(0);
      }
    }

    @Override
    public void onBroken(Throwable thrown) {
      if (thrown instanceof OutOfMemoryError) {
        WorkerExit.outOfHeap();
      } else {
        WorkerExit.broken(thrown);
      }
    }
  }
}
