package io.mobula.worker.session;

import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.WaitInterruptedException;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.CoreWorker;
import io.mobula.worker.loop.CoreWorkerSetup;
import io.mobula.worker.loop.Rendezvous;
import io.mobula.worker.loop.SharedProcess;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.user.ClusterQueries;
import io.mobula.worker.user.ClusterRuntime;
import io.mobula.worker.user.Mail;
import io.mobula.worker.user.UserRoom;
import io.mobula.worker.user.Waiting;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A driver's or worker's life on a cluster: connects to the raylet, becomes a runtime, ends. Used
 * by the thread that starts the process's part in the cluster; {@link #close} by any.
 */
public final class CoreWorkerSession implements AutoCloseable {
  private static final int MAILBOX_CAPACITY = 1 << 16;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Between two looks whether a full mailbox has room. */
  private static final long PAUSE_NANOS = 50_000;

  private final CoreWorkerSetup setup;
  private final ObjectTable table;
  private final CoreWorker agent;
  private final AgentLoop<CoreMessage> loop;
  private final Mail mail;
  private final Waiting waiting;
  private final Welcome welcome;
  private final AtomicReference<@Nullable UserRoom> room = new AtomicReference<>();

  private CoreWorkerSession(
      CoreWorkerSetup setup,
      ObjectTable table,
      CoreWorker agent,
      AgentLoop<CoreMessage> loop,
      Welcome welcome) {
    this.setup = setup;
    this.table = table;
    this.agent = agent;
    this.loop = loop;
    this.mail = Mail.to(loop, agent.waits());
    this.waiting = new Waiting(mail, agent.waits());
    this.welcome = welcome;
  }

  /**
   * Connects to the raylet.
   *
   * @throws MobulaException if it can't be reached or refuses; the message says what to do
   */
  public static CoreWorkerSession connect(CoreWorkerSetup setup, Duration timeout) {
    ObjectTable table = new ObjectTable();
    CoreWorker agent = new CoreWorker(setup, table);
    LoopConfig config =
        LoopConfig.defaults()
            .withClock(setup.clock())
            .withMailboxCapacity(MAILBOX_CAPACITY)
            .withCloseTimeout(CLOSE_TIMEOUT)
            .withOnFatal(setup.events()::onBroken);
    SharedProcess shared = setup.sharedProcess();
    AgentLoop<CoreMessage> loop =
        AgentLoop.start(
            agent,
            shared == null
                ? config
                : config.withLimits(LinkLimits.PATIENT).withNetwork(shared.network()));
    Welcome welcome = null;
    try {
      welcome = awaitWelcome(agent, timeout);
    } finally {
      if (welcome == null) {
        loop.close();
      }
    }
    return new CoreWorkerSession(setup, table, agent, loop, welcome);
  }

  /** What the raylet said: this process's address, the node's folder and store. */
  public Welcome welcome() {
    return welcome;
  }

  /** Whether the raylet is on this host, so that its store can be mapped. */
  public boolean isLocal() {
    return welcome.getHostId().equals(setup.hello().getHostId());
  }

  /** Sends a request and waits for its answer, which may be a Refusal. */
  public Packet ask(long to, Packet.Builder request, String what) {
    return new ClusterQueries(waiting).ask(to, request, what);
  }

  /** Sends a packet. */
  public void tell(long to, Packet.Builder packet) {
    mail.post(new CoreMessage.Tell(to, packet));
  }

  /**
   * Becomes a runtime of this job: from now on tasks can be submitted and run.
   *
   * @param isRecordingCallSites whether the origin of every object is noted, not only of stored
   *     ones
   * @param onClose what closing the runtime means in this process
   */
  public ClusterRuntime begin(
      int job, String namespace, boolean isRecordingCallSites, Runnable onClose) {
    return begin(job, namespace, isRecordingCallSites, onClose, runtime -> {});
  }

  /**
   * As above, for a process that others give work to.
   *
   * @param beforeWork is given the runtime before any user code can run
   */
  public ClusterRuntime begin(
      int job,
      String namespace,
      boolean isRecordingCallSites,
      Runnable onClose,
      Consumer<ClusterRuntime> beforeWork) {
    UserRoom.Occupant occupant =
        new UserRoom.Occupant(
            setup.hello(),
            welcome,
            job,
            namespace,
            isRecordingCallSites,
            agent::actorPlace,
            setup.events()::onBroken);
    SharedProcess shared = setup.sharedProcess();
    ThreadGroup threads = shared == null ? null : shared.userThreads();
    UserRoom opened =
        new UserRoom(occupant, table, waiting, setup.loader(), setup.clock(), threads, onClose);
    room.set(opened);
    beforeWork.accept(opened.runtime());
    mail.post(new CoreMessage.Begin(opened.threads(), job, opened.reader()));
    return opened.runtime();
  }

  /**
   * Fails open calls and ends the job, but leaves the link open for what its workers have still to
   * say. Returns at once; {@link #close} has to follow.
   *
   * @param isProcessEnding whether the process ends: then nothing fails before {@link #close}
   * @return whether there is anybody to tell
   */
  public boolean endJob(String reason, boolean isProcessEnding) {
    return offerUntilClosed(new CoreMessage.EndJob(reason, isProcessEnding));
  }

  /**
   * Ends in order: open calls fail, the job ends, the raylet is told. Idempotent; any thread, also
   * several at once and one that is interrupted. Bounded by its timeouts.
   */
  public void close(String reason) {
    leave(reason);
    loop.close();
    UserRoom opened = room.getAndSet(null);
    if (opened != null) {
      opened.close();
    }
  }

  /** Closes the link to the raylet; what waits here is told of it by {@link #close}. */
  public void leave(String reason) {
    Rendezvous<Boolean> done = new Rendezvous<>();
    if (offerUntilClosed(new CoreMessage.Close(reason, done)) && !loop.isOwner()) {
      awaitAnyway(done);
    }
  }

  /** Puts it into the mailbox, unless the loop ends or does not come to take it. */
  private boolean offerUntilClosed(CoreMessage message) {
    long end = setup.clock().nanoTime() + CLOSE_TIMEOUT.toNanos();
    while (loop.isRunning() && setup.clock().nanoTime() - end < 0) {
      if (loop.offer(message)) {
        return true;
      }
      pause();
    }
    return false;
  }

  /** Also on an interrupted thread, which stays so. */
  private static void pause() {
    boolean isInterrupted = Thread.interrupted();
    LockSupport.parkNanos(PAUSE_NANOS);
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** An interrupt does not cut it short: what the loop uses is closed after it. */
  private void awaitAnyway(Rendezvous<Boolean> done) {
    Uninterrupted.await(nanos -> done.await(nanos) != null, CLOSE_TIMEOUT, setup.clock());
  }

  @Override
  public void close() {
    close("closed");
  }

  private static Welcome awaitWelcome(CoreWorker agent, Duration timeout) {
    CoreWorker.DialResult result;
    try {
      result = agent.dialResult().await(timeout.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException("interrupted while waiting for the raylet's welcome");
    }
    return switch (result) {
      case CoreWorker.DialResult.Welcomed welcomed -> welcomed.welcome();
      case CoreWorker.DialResult.Refused refused ->
          throw FailureExceptions.ofDial(refused.failure());
      case null ->
          throw new MobulaException(
              ErrorCode.CLUSTER_UNREACHABLE,
              "the raylet did not answer in time: timeout=" + timeout);
    };
  }
}
