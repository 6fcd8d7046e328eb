package io.mobula.gcs;

import io.mobula.agent.config.HostPort;
import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.session.DirectoryDeletion;
import io.mobula.agent.session.DirectoryLock;
import io.mobula.agent.session.HostIdentity;
import io.mobula.agent.session.OpenParts;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.gcs.log.MemoryCommandLog;
import io.mobula.gcs.packages.PackageFiles;
import io.mobula.gcs.packages.PackageFolder;
import io.mobula.rpc.GrpcServer;
import io.mobula.rpc.GrpcServerConfig;
import io.mobula.rpc.RpcThread;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A running GCS: in a process of its own, or inside a driver. Any thread may start and close it.
 *
 * <p>It holds the session's {@code gcs.lock} while it lives, and {@code gcs.properties} tells where
 * it listens, once it does.
 */
public final class GcsServer implements AutoCloseable {
  private final CompletableFuture<String> endRequested = new CompletableFuture<>();
  private final AtomicReference<@Nullable PackageFolder> packages = new AtomicReference<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /** What to undo, the last thing first. */
  private final OpenParts opened = new OpenParts();

  private final HostPort address;
  private final long clusterId = new SecureRandom().nextLong(1, Long.MAX_VALUE);

  private GcsServer(GcsConfig config, @Nullable InProcessNetwork network) throws IOException {
    try {
      address = network == null ? open(config) : openLocal(config, network);
    } catch (IOException | RuntimeException | Error e) {
      // Also for want of threads or memory: what runs already would be left.
      close();
      throw e;
    }
  }

  /**
   * Starts one; it listens when this returns.
   *
   * @throws IOException if its port is taken, its session is missing or has a GCS already; the
   *     message says what to do
   */
  public static GcsServer start(GcsConfig config) throws IOException {
    return new GcsServer(config, null);
  }

  /**
   * Starts one for this process alone: it has no port, and listens at {@link #localPath} of the
   * network. Nobody is dead for being silent, since a debugger may hold up all threads for as long
   * as it likes.
   *
   * @throws IOException if its session is missing or has a GCS already
   */
  public static GcsServer startLocal(GcsConfig config, InProcessNetwork network)
      throws IOException {
    return new GcsServer(config.withPatience(), network);
  }

  /** Where a GCS without a port is dialled. */
  public static Path localPath(Path session) {
    return session.resolve("gcs");
  }

  /** By which others reach it. */
  public HostPort address() {
    return address;
  }

  /** Distinguishes clusters; every welcome carries it. */
  public long clusterId() {
    return clusterId;
  }

  /**
   * Completes with the reason when a command asks it to end, exceptionally when it can't go on. It
   * is still to be closed then.
   */
  public CompletableFuture<String> endRequested() {
    return endRequested.copy();
  }

  /** Ends it: peers get a goodbye, its files are removed. Not on its own loop. Idempotent. */
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    opened.close();
  }

  private HostPort open(GcsConfig config) throws IOException {
    SessionDirectory session = SessionDirectory.open(config.session());
    GcsAgent agent = newAgent(config, session);
    AgentLoop<GcsMessage> loop = startLoop(agent, LoopConfig.defaults());
    RpcThread rpc = RpcThread.start("gcs-rpc");
    opened.add(rpc);
    GrpcServer server =
        GrpcServer.start(
            rpc,
            new GrpcServerConfig(
                config.listenHost(),
                config.port(),
                null,
                config.secret().hex(),
                LinkLimits.DEFAULT),
            loop.executor(),
            agent.greeter());
    opened.add(server);
    HostPort reached =
        new HostPort(
            AdvertisedHost.choose(config.advertiseHost(), config.listenHost()), server.port());
    PropertiesFile.write(
        session.gcsReadyFile(),
        Map.of("address", reached.toString(), "pid", Long.toString(ProcessHandle.current().pid())));
    opened.add("ready file", () -> Files.deleteIfExists(session.gcsReadyFile()));
    return reached;
  }

  private HostPort openLocal(GcsConfig config, InProcessNetwork network) throws IOException {
    SessionDirectory session = SessionDirectory.open(config.session());
    GcsAgent agent = newAgent(config, session);
    AgentLoop<GcsMessage> loop =
        startLoop(agent, LoopConfig.defaults().withLimits(LinkLimits.PATIENT).withNetwork(network));
    CompletableFuture<@Nullable Void> listening = new CompletableFuture<>();
    boolean isPosted =
        loop.executor()
            .post(() -> {
              try {
                loop.links().listen(localPath(session.path()), agent.greeter());
                listening.complete(null);
              } catch (IOException e) {
                listening.completeExceptionally(e);
              }
            });
    if (!isPosted) {
      throw new IOException("the GCS ended as it started: session=" + session.path());
    }
    try {
      // A loop that fails before it comes to this says so.
      CompletableFuture.anyOf(listening, endRequested).get();
    } catch (ExecutionException e) {
      throw new IOException("the GCS does not listen: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the GCS started");
    }
    return new HostPort("127.0.0.1", config.port());
  }

  private GcsAgent newAgent(GcsConfig config, SessionDirectory session) throws IOException {
    DirectoryLock lock = session.lockForGcs();
    opened.add(lock);
    Path root = config.session().toAbsolutePath().getParent();
    HostIdentity host =
        HostIdentity.detect(
            SessionRoot.open(root == null ? config.session() : root), System.getenv());
    GcsAgent agent =
        new GcsAgent(
            config,
            new GcsIdentity(host.id(), clusterId),
            new MemoryCommandLog(),
            loop -> openPackages(session.gcsPackages(), loop),
            endRequested::complete);
    opened.add("packages", () -> closePackages(session.gcsPackages()));
    return agent;
  }

  private AgentLoop<GcsMessage> startLoop(GcsAgent agent, LoopConfig config) {
    AgentLoop<GcsMessage> loop =
        AgentLoop.start(agent, config.withOnFatal(endRequested::completeExceptionally));
    opened.add(loop);
    return loop;
  }

  /** On the loop's thread, as its first act. */
  private PackageFiles openPackages(Path folder, LoopExecutor loop) {
    try {
      PackageFolder opened = PackageFolder.open(folder, loop);
      packages.set(opened);
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for packages: path=" + folder, e);
    }
  }

  private void closePackages(Path folder) throws IOException {
    PackageFolder opened = packages.get();
    if (opened != null) {
      opened.close();
    }
    DirectoryDeletion.delete(folder);
  }
}
