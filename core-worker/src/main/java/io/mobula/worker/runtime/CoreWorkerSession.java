package io.mobula.worker.runtime;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import io.mobula.store.client.StoreClient;
import io.mobula.store.hold.StoreReader;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.serialization.ThrowableCodec;
import io.mobula.worker.serialization.ValueCodec;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A driver's or worker's life on a cluster: connects to the raylet, becomes a runtime, ends. Used
 * by the thread that starts the process's part in the cluster; {@link #close} by any.
 */
public final class CoreWorkerSession implements AutoCloseable {
  private static final int MAILBOX_CAPACITY = 1 << 16;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final CoreWorkerSetup setup;
  private final ObjectTable table;
  private final CoreWorker agent;
  private final AgentLoop<CoreMessage> loop;
  private final Mail mail;
  private final Welcome welcome;
  private final ExecutorService futures;

  /**
   * Touches shared memory that is used again; its thread ends when there is nothing to do. No block
   * of the store is asked for twice, so the store's size bounds its queue.
   */
  private final ThreadPoolExecutor warmer =
      new ThreadPoolExecutor(
          1,
          1,
          5,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("store-warmer").factory(),
          // After the end nobody uses the memory again.
          new ThreadPoolExecutor.DiscardPolicy());

  private @Nullable StoreAccess store;

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
    this.mail = new Mail(loop);
    this.welcome = welcome;
    this.futures =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("future-", 1).factory());
    warmer.allowCoreThreadTimeOut(true);
  }

  /**
   * Connects to the raylet.
   *
   * @throws MobulaException if it can't be reached or refuses; the message says what to do
   */
  public static CoreWorkerSession connect(CoreWorkerSetup setup, Duration timeout) {
    ObjectTable table = new ObjectTable();
    CoreWorker agent = new CoreWorker(setup, table);
    AgentLoop<CoreMessage> loop =
        AgentLoop.start(
            agent,
            LoopConfig.defaults()
                .withClock(setup.clock())
                .withMailboxCapacity(MAILBOX_CAPACITY)
                .withCloseTimeout(CLOSE_TIMEOUT));
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
    return new ClusterQueries(mail).ask(to, request, what);
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
    long self = welcome.getAssigned();
    StoreClient client = isLocal() ? openStore() : null;
    StoreReader reader = client == null ? null : reader(client);
    StoreAccess access = new StoreAccess(client, reader, welcome.getHoldTable() - 1, mail);
    store = access;
    RuntimeIdentity identity = new RuntimeIdentity(self, job, namespace, agent::actorPlace);
    ClusterRuntime runtime = new ClusterRuntime(identity, table, mail, futures, onClose);
    ValueCodec codec = new ValueCodec(setup.loader());
    ValueExchange values = new ValueExchange(self, codec, table, access, mail, runtime, runtime);
    runtime.bind(
        values,
        new Submission(self, table, values, new CallSites(isRecordingCallSites)),
        new ObjectWaits(self, values, mail, setup.clock()),
        new ClusterQueries(mail));
    FailureEncoder failures =
        new FailureEncoder(
            self,
            setup.hello().getPid(),
            setup.hello().getHostId(),
            new ThrowableCodec(codec),
            values::release);
    TaskRunner runner = new TaskRunner(values, failures, mail, setup.clock());
    mail.post(
        new CoreMessage.Begin(new UserThreads(runner, failures, mail, setup.clock()), job, reader));
    return runtime;
  }

  /** Ends in order: open calls fail, the job ends, the raylet is told. Idempotent. */
  public void close(String reason) {
    if (loop.isRunning()) {
      Rendezvous<Boolean> done = new Rendezvous<>();
      try {
        mail.post(new CoreMessage.Close(reason, done));
        done.await(CLOSE_TIMEOUT.toNanos());
      } catch (MobulaException e) {
        if (e.code() != ErrorCode.SESSION_CLOSED) {
          throw e;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    loop.close();
    futures.shutdown();
    warmer.shutdownNow();
    StoreAccess access = store;
    if (access != null) {
      store = null;
      access.close();
    }
  }

  @Override
  public void close() {
    close("closed");
  }

  private @Nullable StoreReader reader(StoreClient client) {
    int table = welcome.getHoldTable();
    return table == 0
        ? null
        : client.reader(table - 1, () -> mail.postUnlessClosed(new CoreMessage.HoldEnded()));
  }

  private StoreClient openStore() {
    try {
      return StoreClient.open(
          Path.of(welcome.getStorePath()),
          Integer.toUnsignedLong(ProcessAddress.node(welcome.getAssigned())),
          Cleaner.create(),
          warmer,
          setup.clock()::nanoTime);
    } catch (IOException e) {
      throw new MobulaException(
          ErrorCode.START_FAILED,
          "the node's object store can't be mapped: file="
              + welcome.getStorePath()
              + ", reason="
              + e.getMessage(),
          e);
    }
  }

  private static Welcome awaitWelcome(CoreWorker agent, Duration timeout) {
    CoreWorker.Connection connection;
    try {
      connection = agent.connection().await(timeout.toNanos());
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted("the raylet's welcome");
    }
    if (connection == null) {
      throw new MobulaException(
          ErrorCode.CLUSTER_UNREACHABLE, "the raylet did not answer in time: timeout=" + timeout);
    }
    Failure failure = connection.failure();
    if (failure != null) {
      throw FailureExceptions.ofDial(failure);
    }
    Welcome welcome = connection.welcome();
    if (welcome == null) {
      throw new IllegalStateException("connected without a welcome");
    }
    return welcome;
  }
}
