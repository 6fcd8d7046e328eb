package io.mobula.worker.user;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.Clock;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.proto.Hello;
import io.mobula.proto.Welcome;
import io.mobula.store.client.StoreClient;
import io.mobula.store.hold.StoreReader;
import io.mobula.worker.loop.ActorPlace;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.UserSide;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.serialization.ThrowableCodec;
import io.mobula.worker.serialization.ValueCodec;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a driver or worker that runs on user threads, put together: the API ({@link
 * ClusterRuntime}), the threads that run tasks ({@link UserSide}), the way to the node's store.
 * Built once the raylet has welcomed the process; closed by whoever ends the process's part in the
 * cluster, after the loop.
 */
public final class UserRoom implements AutoCloseable {
  /** How long copies that are under way may keep the store from being closed. */
  private static final long CLOSE_NANOS = 1_000_000_000;

  /** Between two tries. */
  private static final long PAUSE_NANOS = 50_000;

  private final ClusterRuntime runtime;
  private final UserSide threads;
  private final StoreAccess store;
  private final @Nullable StoreReader reader;
  private final ThreadPoolExecutor warmer;
  private final Clock clock;

  /**
   * Who the process is, for its user threads.
   *
   * @param hello what it said to the raylet
   * @param welcome what the raylet said
   * @param job its job
   * @param namespace where actor names of this job live, unless said otherwise
   * @param isRecordingCallSites whether the origin of every object is noted, not only of stored
   *     ones
   * @param actorPlace tells the actor that the process is
   * @param onBroken told, on any thread, of what was thrown where nothing may be: ends a worker
   */
  public record Occupant(
      Hello hello,
      Welcome welcome,
      int job,
      String namespace,
      boolean isRecordingCallSites,
      Supplier<@Nullable ActorPlace> actorPlace,
      Consumer<Throwable> onBroken) {
    /** Whether the raylet is on this host, so that its store can be mapped. */
    boolean isLocal() {
      return welcome.getHostId().equals(hello.getHostId());
    }
  }

  /**
   * @param loader finds the user's classes
   * @param threadGroup of the threads that run tasks; null for that of whoever starts them
   * @param onClose what closing the runtime means in this process
   * @throws MobulaException if the node's store can't be mapped
   */
  public UserRoom(
      Occupant occupant,
      ObjectTable table,
      Waiting waiting,
      ClassLoader loader,
      Clock clock,
      @Nullable ThreadGroup threadGroup,
      Runnable onClose) {
    this.clock = clock;
    this.warmer = newWarmer();
    Mail mail = waiting.mail();
    ThreadFactory futures = Thread.ofVirtual().name("future-", 1).factory();
    Welcome welcome = occupant.welcome();
    StoreClient client = occupant.isLocal() ? openStore(welcome, warmer, clock) : null;
    this.reader = client == null ? null : reader(client, welcome, mail);
    this.store = new StoreAccess(client, reader, welcome.getHoldTable() - 1, mail);
    ValueCodec codec = new ValueCodec(loader);
    this.runtime =
        new ClusterRuntime(
            new RuntimeIdentity(
                welcome.getAssigned(), occupant.job(), occupant.namespace(), occupant.actorPlace()),
            table,
            waiting,
            codec,
            store,
            new CallSites(occupant.isRecordingCallSites()),
            clock,
            completion -> futures.newThread(completion).start(),
            onClose);
    FailureEncoder failures =
        new FailureEncoder(
            welcome.getAssigned(),
            occupant.hello().getPid(),
            occupant.hello().getHostId(),
            new ThrowableCodec(codec),
            runtime.handles(),
            runtime.values()::release);
    Boundary boundary = new Boundary(failures, OutOfHeap.of(occupant.onBroken()));
    TaskRunner runner =
        new TaskRunner(runtime.values(), boundary, runtime.handles(), waiting.tasks(), mail, clock);
    this.threads =
        new UserThreads(
            runner, boundary, waiting.tasks(), mail, clock, new TaskThreads(loader, threadGroup));
  }

  /** The API. */
  public ClusterRuntime runtime() {
    return runtime;
  }

  /** The threads that run tasks. */
  public UserSide threads() {
    return threads;
  }

  /** Finds objects in the node's shared memory; null if this process has no hold table. */
  public @Nullable StoreReader reader() {
    return reader;
  }

  @Override
  public void close() {
    warmer.shutdownNow();
    long end = clock.nanoTime() + CLOSE_NANOS;
    boolean isInterrupted = false;
    while (!isStoreClosed() && clock.nanoTime() - end < 0) {
      // With the interrupt set, no pause would be one.
      isInterrupted |= Thread.interrupted();
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not while a thread copies to or from a file; the next copy finds that the store is closed. */
  private boolean isStoreClosed() {
    try {
      store.close();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /**
   * Touches shared memory that is used again; its thread ends when there is nothing to do. No block
   * of the store is asked for twice, so the store's size bounds its queue.
   */
  private static ThreadPoolExecutor newWarmer() {
    ThreadPoolExecutor warmer =
        new ThreadPoolExecutor(
            1,
            1,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("store-warmer").factory(),
            // After the end nobody uses the memory again.
            new ThreadPoolExecutor.DiscardPolicy());
    warmer.allowCoreThreadTimeOut(true);
    return warmer;
  }

  private static @Nullable StoreReader reader(StoreClient client, Welcome welcome, Mail mail) {
    int table = welcome.getHoldTable();
    return table == 0
        ? null
        : client.reader(table - 1, () -> mail.postUnlessClosed(new CoreMessage.HoldEnded()));
  }

  private static StoreClient openStore(Welcome welcome, ThreadPoolExecutor warmer, Clock clock) {
    try {
      return StoreClient.open(
          Path.of(welcome.getStorePath()),
          Integer.toUnsignedLong(ProcessAddress.node(welcome.getAssigned())),
          Cleaner.create(),
          warmer,
          clock::nanoTime);
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
}
