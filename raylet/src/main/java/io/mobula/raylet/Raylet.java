package io.mobula.raylet;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.agent.session.HostIdentity;
import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.raylet.node.NodeIdentity;
import io.mobula.raylet.objects.ObjectConfig;
import io.mobula.raylet.transfer.DataConfig;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.raylet.transfer.DataServer;
import io.mobula.raylet.worker.OwnCommandLine;
import io.mobula.raylet.worker.WorkerCommand;
import io.mobula.rpc.GrpcDialer;
import io.mobula.rpc.GrpcServer;
import io.mobula.rpc.GrpcServerConfig;
import io.mobula.rpc.RpcThread;
import io.mobula.store.file.StoreDirectory;
import io.mobula.store.file.StoreSweep;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node's daemon as an object: started, it has joined its cluster; closed, nothing of it is left.
 * Any thread may use it; what it does runs on its own loop and edges.
 *
 * <p>It ends by itself when its cluster is lost or a command asks for it; {@link #awaitEnd()}
 * tells.
 */
public final class Raylet implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Raylet.class.getName());
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(15);

  private final RayletParts parts = new RayletParts();
  private final CompletableFuture<NodeIdentity> ready = new CompletableFuture<>();
  private final CompletableFuture<Failure> endWanted = new CompletableFuture<>();
  private final CompletableFuture<Failure> ended = new CompletableFuture<>();
  private final RayletConfig config;
  private int rpcPort;

  private Raylet(RayletConfig config) {
    this.config = config;
  }

  /**
   * Starts a raylet and waits until it has joined its cluster.
   *
   * @throws RayletStartException if there is no cluster to join, or it does not want this node
   * @throws IOException if a port, a file or a folder can't be had; the message names it
   * @throws IllegalArgumentException if the configuration asks for more than the machine has
   */
  public static Raylet start(RayletConfig config) throws IOException {
    return start(config, System.getenv(), System.getProperty("java.class.path"));
  }

  /**
   * As {@link #start(RayletConfig)}, in a program that may have its classes from elsewhere than its
   * class path.
   *
   * @param environment which workers inherit
   * @param classPath where workers find their own classes
   */
  public static Raylet start(RayletConfig config, Map<String, String> environment, String classPath)
      throws IOException {
    return start(config, environment, classPath, "io.mobula.worker.WorkerMain");
  }

  /** For tests: with another main class of workers. */
  static Raylet start(
      RayletConfig config, Map<String, String> environment, String classPath, String workerMain)
      throws IOException {
    return start(config, raylet -> raylet.open(environment, classPath, workerMain));
  }

  /**
   * Starts a raylet whose whole cluster lives in this process: it has no port and no socket, and
   * takes nobody for dead because of time that passes. Drivers dial {@link #localSocket()} in the
   * network.
   *
   * @throws RayletStartException if there is no cluster to join, or it does not want this node
   * @throws IOException if a file or a folder can't be had; the message names it
   * @throws IllegalArgumentException if the configuration asks for more than the machine has
   */
  public static Raylet startLocal(
      RayletConfig config, InProcess process, Map<String, String> environment) throws IOException {
    return start(config.withPatience(), raylet -> raylet.openLocal(process, environment));
  }

  private static Raylet start(RayletConfig config, Opening opening) throws IOException {
    Raylet raylet = new Raylet(config);
    // Before all else: at the end there may be no thread to be had, and the loop can't do it, whose
    // own end is waited for.
    Thread.ofPlatform().name("raylet-teardown").daemon(true).start(raylet::tearDown);
    try {
      opening.open(raylet);
      raylet.awaitReady();
      return raylet;
    } catch (IOException | RuntimeException | Error e) {
      // Also for want of threads or memory: what runs already would be left.
      raylet.close();
      throw e;
    }
  }

  /** The raylet's address in the cluster. */
  public long address() {
    return ProcessAddress.of(nodeNumber(), 0);
  }

  public int nodeNumber() {
    return ready.join().node();
  }

  /** Where drivers and other nodes reach it, host:port. */
  public String rpcAddress() {
    return config.addresses().reachable(rpcPort);
  }

  /** Where drivers of the same machine reach it. */
  public Path rpcSocket() {
    return parts.directory().rpcSocket();
  }

  /** Where drivers of the same process reach it, if it was started locally. */
  public Path localSocket() {
    return parts.directory().rayletSocket();
  }

  public Path nodeDirectory() {
    return parts.directory().path();
  }

  /** The session that it belongs to. */
  public Path sessionDirectory() {
    return parts.session().path();
  }

  /** The node's store file. */
  public Path storePath() {
    return Path.of(ready.join().storePath());
  }

  /**
   * Waits until it has ended and nothing of it is left.
   *
   * @return why; a failure without a kind is an end that somebody asked for
   */
  public Failure awaitEnd() throws InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed that way", e);
    }
  }

  /** Ends its workers, tells its drivers, removes its files. Idempotent; waits until it is done. */
  @Override
  public void close() {
    if (!ended.isDone() && !askToEnd()) {
      endWanted.complete(Failure.newBuilder().setMessage("closed before it ran").build());
    }
    if (!Uninterrupted.await(this::awaitEnded, CLOSE_MAX)) {
      LOG.log(Level.ERROR, "raylet did not end in time: session=" + config.sessionDirectory());
    }
  }

  private boolean awaitEnded(long nanos) throws InterruptedException {
    try {
      ended.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed that way", e);
    }
  }

  private boolean askToEnd() {
    return parts.hasLoop() && parts.loop().offer(new RayletMessage.End("the node was closed"));
  }

  private void open(Map<String, String> environment, String classPath, String workerMain)
      throws IOException {
    HostIdentity host = openFolders(environment);
    NodeSize size = size();
    WorkerCommand command =
        WorkerCommand.of(
                System.getProperty("java.home"), classPath, OwnCommandLine.read(), environment)
            .withMainClass(workerMain);
    LoopConfig loopConfig = LoopConfig.defaults().withOnFatal(this::onFatal);
    DataConfig data =
        config.store().hasLocalCopies()
            ? DataConfig.DEFAULT.withHostId(host.id())
            : DataConfig.DEFAULT;
    DataServer dataServer =
        DataServer.bind(
            config.addresses().host(),
            config.addresses().dataPort(),
            data,
            DataSecret.of(config.secret().hex()),
            RayletParts.secureRandom(),
            loopConfig.clock(),
            SystemEdges.threads());
    parts.setDataServer(dataServer);
    RpcThread thread = parts.add(RpcThread.start("raylet-rpc"));
    GrpcDialer dialer = new GrpcDialer(thread, loopConfig.limits());
    ObjectConfig objects = objects(size).growingAhead(size.storeBytes()).withData(data);
    SystemEdges edges =
        new SystemEdges(
            parts,
            config,
            command,
            parts.session().logs(),
            dialer,
            store(objects, size),
            ready::complete,
            this::onEnded);
    RayletPlace place = place(host);
    RayletAgent agent = new RayletAgent(config, place, size, edges);
    parts.setLoop(AgentLoop.start(agent, loopConfig));
    parts.add(dialer);
    GrpcServer server =
        parts.add(
            GrpcServer.start(
                thread,
                new GrpcServerConfig(
                    config.addresses().host(),
                    config.addresses().port(),
                    place.rpcSocket(),
                    config.secret().hex(),
                    loopConfig.limits()),
                parts.loop().executor(),
                agent.greeter()));
    rpcPort = server.port();
    parts.loop().offer(new RayletMessage.Join(rpcPort, dataServer.port()));
  }

  private void openLocal(InProcess process, Map<String, String> environment) throws IOException {
    HostIdentity host = openFolders(environment);
    NodeSize size = size();
    LocalEdges edges =
        new LocalEdges(parts, process, store(objects(size), size), ready::complete, this::onEnded);
    RayletAgent agent = new RayletAgent(config, place(host), size, edges);
    parts.setLoop(
        AgentLoop.start(
            agent,
            LoopConfig.defaults()
                .withOnFatal(this::onFatal)
                .withLimits(LinkLimits.PATIENT)
                .withNetwork(process.network())));
    parts.loop().offer(new RayletMessage.Join(0, 0));
  }

  /** The session's folder and the node's, and who this machine is. */
  private HostIdentity openFolders(Map<String, String> environment) throws IOException {
    SessionRoot root = SessionRoot.openDefault();
    root.sweep();
    StoreDirectory storeDirectory = config.store().place();
    storeDirectory.requireUsable();
    StoreSweep.sweep(storeDirectory);
    parts.setSession(
        config.sessionDirectory().isPresent()
            ? SessionDirectory.open(config.sessionDirectory().get())
            : root.createSession());
    parts.setDirectory(parts.session().createNode());
    HostIdentity detected = HostIdentity.detect(root, environment);
    return new HostIdentity(config.hostId().orElse(detected.id()), detected.hostName());
  }

  private NodeSize size() throws IOException {
    return NodeSize.of(config, HostCapacity.detect(), config.store().place().freeBytes());
  }

  private ObjectConfig objects(NodeSize size) {
    return ObjectConfig.ofCapacity(size.storeBytes(), config.spilling().bounds())
        .withPullGrace(config.peerGrace());
  }

  private NodeStore store(ObjectConfig objects, NodeSize size) {
    return new NodeStore(parts, config, objects, size.storeBytes(), SystemEdges.threads());
  }

  private RayletPlace place(HostIdentity host) {
    return new RayletPlace(
        host,
        parts.directory().path(),
        parts.directory().rayletSocket(),
        parts.directory().rpcSocket());
  }

  private void awaitReady() throws IOException {
    try {
      NodeIdentity identity = ready.get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
      PropertiesFile.write(
          parts.directory().readyFile(),
          Map.of(
              "rpcAddress", rpcAddress(),
              "pid", Long.toString(ProcessHandle.current().pid()),
              "nodeNumber", Integer.toUnsignedString(identity.node())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while the raylet joined its cluster");
      interrupted.initCause(e);
      throw interrupted;
    } catch (TimeoutException e) {
      throw new IOException(
          "the raylet did not join its cluster in time: seconds="
              + START_MAX.toSeconds()
              + ", gcs="
              + config.gcsAddress(),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RayletStartException start) {
        throw start;
      }
      throw new IOException("the raylet did not start", e);
    }
  }

  private void onFatal(Throwable thrown) {
    onEnded(
        Failure.newBuilder()
            .setKind(FailureKind.INTERNAL)
            .setMessage("the raylet failed: " + thrown)
            .build());
  }

  private void onEnded(Failure reason) {
    endWanted.complete(reason);
  }

  /** On a thread of its own, from the start. */
  private void tearDown() {
    Failure reason = endWanted.join();
    parts.close();
    ready.completeExceptionally(new RayletStartException(reason));
    ended.complete(reason);
  }

  /** Opens what a raylet is made of. */
  private interface Opening {
    void open(Raylet raylet) throws IOException;
  }
}
