package io.mobula.driver.local;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.api.MobulaException;
import io.mobula.proto.LogLines;
import io.mobula.proto.OutputEnded;
import io.mobula.worker.WorkerEnvironment;
import io.mobula.worker.loop.CoreWorkerEvents;
import io.mobula.worker.loop.SharedProcess;
import io.mobula.worker.session.CoreWorkerSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker in this process: the core worker of a worker process on threads of its own. Any thread
 * may use it.
 *
 * <pre>
 *   OPENING --welcomed--> OPEN --end()--> ENDING --session closed--> ENDED
 *      \--end(), interrupted---------------^
 * </pre>
 */
final class LocalWorker implements CoreWorkerEvents {
  /** A debugger may hold up whoever has to answer. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofDays(36_500);

  private final WorkerEnvironment environment;
  private final Consumer<String> onEnded;
  private final WorkerThreads threads;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPENING);
  private final AtomicReference<@Nullable Thread> opener = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable CoreWorkerSession session;

  private enum State {
    OPENING,
    OPEN,
    ENDING,
    ENDED
  }

  /**
   * @param onEnded told once, when it has ended, what of
   */
  LocalWorker(WorkerEnvironment environment, Consumer<String> onEnded) {
    this.environment = environment;
    this.onEnded = onEnded;
    this.threads = new WorkerThreads(environment.role());
  }

  /**
   * Dials the raylet and begins to take work. If that fails, it is still to be ended.
   *
   * @throws MobulaException if the raylet does not want it
   */
  void open(ClassLoader loader, InProcessNetwork network) {
    // Either this thread sees that it was ended, or whoever ends it sees this thread.
    opener.set(Thread.currentThread());
    try {
      if (state.get() != State.OPENING) {
        return;
      }
      CoreWorkerSession connected =
          CoreWorkerSession.connect(
              environment.setup(
                  loader, this, RunningBoard.unwatched(), new SharedProcess(network, threads)),
              CONNECT_TIMEOUT);
      session = connected;
      connected.begin(
          environment.job(),
          environment.namespace(),
          environment.isRecordingCallSites(),
          this::end,
          threads::actFor);
      state.compareAndSet(State.OPENING, State.OPEN);
    } finally {
      opener.set(null);
      opened.countDown();
    }
  }

  /**
   * Ends it as the end of a process does: no more work is taken, what runs is interrupted, the
   * raylet's link closes. User code that does not heed the interrupt goes on, with an API that
   * refuses everything. Returns at once, since a loop may call it.
   */
  void end() {
    State before = state.getAndUpdate(now -> now == State.ENDED ? now : State.ENDING);
    Thread opening = opener.get();
    if (before == State.OPENING && opening != null) {
      // The raylet may have ended without an answer.
      opening.interrupt();
    }
    if (before == State.OPENING || before == State.OPEN) {
      Thread.ofVirtual().name("end-" + environment.role()).start(this::close);
    }
  }

  private void close() {
    Uninterrupted.await(opened, CONNECT_TIMEOUT);
    try {
      CoreWorkerSession open = session;
      if (open != null) {
        open.close("the worker was ended");
      }
      threads.interrupt();
    } finally {
      noteEnd();
    }
  }

  private void noteEnd() {
    state.set(State.ENDED);
    ended.countDown();
    Throwable thrown = broken.get();
    onEnded.accept(thrown == null ? "ended in its driver's process" : "broken: " + thrown);
  }

  /** Whether threads are left that run its user code, or wait for some. */
  boolean isUserCodeRunning() {
    return threads.activeCount() > 0;
  }

  /**
   * Waits for its end and for that of its user threads, until the clock says so much; also on a
   * thread that is interrupted.
   *
   * @return the threads that did not end in time
   */
  List<String> awaitEnd(Clock clock, long endNanos) {
    long rest = Math.max(0, endNanos - clock.nanoTime());
    boolean hasEnded =
        Uninterrupted.await(
            nanos -> ended.await(nanos, TimeUnit.NANOSECONDS), Duration.ofNanos(rest), clock);
    return threads.awaitEnd(clock, hasEnded ? endNanos : clock.nanoTime());
  }

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
    end();
  }

  /** The worker ends, as its process would; the driver and the others go on if they can. */
  @Override
  public void onBroken(Throwable thrown) {
    broken.compareAndSet(null, thrown);
    end();
  }
}
