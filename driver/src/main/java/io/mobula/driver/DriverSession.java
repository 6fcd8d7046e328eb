package io.mobula.driver;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.SystemClock;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.ExitCleanup;
import io.mobula.agent.session.HostIdentity;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.MobulaException;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.Hello;
import io.mobula.proto.JobConfig;
import io.mobula.proto.LogLines;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.RegisterJob;
import io.mobula.rpc.GrpcDialer;
import io.mobula.rpc.RpcThread;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.CoreWorkerEvents;
import io.mobula.worker.loop.CoreWorkerSetup;
import io.mobula.worker.session.CoreWorkerSession;
import io.mobula.worker.user.ClusterRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection to its cluster, from init to close: the gRPC link, the job, the output of
 * its workers, its class path, and the cluster itself if it is embedded. {@link #close} may be
 * called by any thread, and runs at the end of the process if nobody did before.
 */
final class DriverSession {
  private static final System.Logger LOG = System.getLogger(DriverSession.class.getName());
  private static final String EXIT_THREAD = "mobula-exit";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  private final @Nullable EmbeddedCluster cluster;
  private final DriverConfig config;
  private final RpcThread rpcThread;
  private final GrpcDialer dialer;
  private final WorkerOutput output = new WorkerOutput(System.out, System.err);
  private final PackageSource packages = new PackageSource();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final ExitCleanup exit;
  private @Nullable CoreWorkerSession session;

  private DriverSession(@Nullable EmbeddedCluster cluster, ExitCleanup exit, DriverConfig config) {
    this.cluster = cluster;
    this.exit = exit;
    this.config = config;
    this.rpcThread = RpcThread.start("driver-rpc");
    this.dialer = new GrpcDialer(rpcThread, LinkLimits.DEFAULT);
  }

  /** Starts a cluster inside this process and joins it. */
  static MobulaRuntime embedded(InitOptions options, Map<String, String> environment) {
    ExitCleanup exit = ExitCleanup.register(EXIT_THREAD);
    try {
      EmbeddedCluster cluster = EmbeddedCluster.start(options, environment);
      return new DriverSession(cluster, exit, DriverConfig.read(options, environment))
          .start(cluster.raylet(), cluster.secret(), cluster.hostId(), options, true);
    } finally {
      exit.startIsOver();
    }
  }

  /** Joins the cluster whose GCS is at the address. */
  static MobulaRuntime joined(
      String address, InitOptions options, Map<String, String> environment) {
    ClusterSecret secret = ClusterTokens.find(options.token(), environment, address);
    HostIdentity host = hostIdentity(environment);
    ClusterSnapshot snapshot = new ClusterClient(address, secret.hex(), CONNECT_TIMEOUT).snapshot();
    NodeDescription node = NodeChoice.of(snapshot, host.id());
    if (node == null) {
      throw new ClusterConnectionException(
          ErrorCode.CLUSTER_UNREACHABLE,
          "the cluster has no node that is alive: address="
              + address
              + "; start one with: mobula start --address "
              + address);
    }
    boolean isLocal = node.getHostId().equals(host.id());
    ExitCleanup exit = ExitCleanup.register(EXIT_THREAD);
    try {
      return new DriverSession(null, exit, DriverConfig.read(options, environment))
          .start(
              isLocal ? node.getRpcSocket() : node.getRpcAddress(),
              secret,
              host.id(),
              options,
              NodeChoice.isOneHost(snapshot, host.id()));
    } finally {
      exit.startIsOver();
    }
  }

  private MobulaRuntime start(
      String raylet, ClusterSecret secret, String hostId, InitOptions options, boolean isOneHost) {
    boolean isStarted = false;
    try {
      Hello hello =
          Hello.newBuilder()
              .setKind(ProcessKind.DRIVER)
              .setPid(ProcessHandle.current().pid())
              .setHostId(hostId)
              .build();
      CoreWorkerSetup setup =
          new CoreWorkerSetup(
              "driver",
              hello,
              (context, mine, handler) ->
                  dialer.connect(raylet, secret.hex(), mine, handler, context.executor()),
              loader(),
              SystemClock.INSTANCE,
              new Events(),
              config.lineageBytesMax());
      CoreWorkerSession connected = CoreWorkerSession.connect(setup, CONNECT_TIMEOUT);
      session = connected;
      String namespace =
          options.namespace() == null ? UUID.randomUUID().toString() : options.namespace();
      int job = registerJob(connected, hostId, namespace, options, isOneHost);
      ClusterRuntime runtime =
          connected.begin(
              job, namespace, config.isRecordingCallSites(), () -> close("the driver closed it"));
      exit.closeAtExit(() -> close("the process ends"));
      isStarted = true;
      return runtime;
    } finally {
      if (!isStarted) {
        close("init failed");
      }
    }
  }

  private int registerJob(
      CoreWorkerSession connected,
      String hostId,
      String namespace,
      InitOptions options,
      boolean isOneHost) {
    JobConfig.Builder job =
        JobConfig.newBuilder()
            .setDriver(connected.welcome().getAssigned())
            .setDriverPid(ProcessHandle.current().pid())
            .setHostId(hostId)
            .setNamespace(namespace)
            .setEntrypoint(System.getProperty("sun.java.command", ""))
            .addAllClassPath(classPath(isOneHost))
            .setLogToDriver(options.isLogToDriver())
            .setRecordCallSites(config.isRecordingCallSites());
    Packet answer =
        connected.ask(
            ProcessAddress.GCS,
            Packet.newBuilder().setRegisterJob(RegisterJob.newBuilder().setConfig(job)),
            "the registration of the job");
    if (answer.hasRefusal()) {
      throw FailureExceptions.toException(answer.getRefusal().getFailure(), null);
    }
    return answer.getJobRegistered().getId();
  }

  private List<ClassPathEntry> classPath(boolean isOneHost) {
    try {
      ClassPathScan scan = ClassPathScan.of(System.getProperty("java.class.path", ""));
      return isOneHost ? scan.byPath() : scan.byContent(packages);
    } catch (IOException e) {
      throw new MobulaException(
          ErrorCode.START_FAILED, "the class path can't be read: " + e.getMessage(), e);
    }
  }

  /** Ends in order: the job, the link, the embedded cluster. Idempotent. */
  private void close(String reason) {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    // An interrupt that came before is not meant for this, and would leave things half closed.
    boolean isInterrupted = Thread.interrupted();
    try {
      closeParts(reason);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void closeParts(String reason) {
    CoreWorkerSession open = session;
    if (open != null) {
      open.close(reason);
    }
    dialer.close();
    rpcThread.close();
    if (cluster != null) {
      cluster.close();
    }
    output.close();
    exit.forget();
  }

  private static HostIdentity hostIdentity(Map<String, String> environment) {
    try {
      return HostIdentity.detect(SessionRoot.openDefault(), environment);
    } catch (IOException e) {
      throw new MobulaException(
          ErrorCode.START_FAILED, "this host can't be identified: " + e.getMessage(), e);
    }
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? DriverSession.class.getClassLoader() : context;
  }

  /** Events on the loop: handed on at once. */
  private final class Events implements CoreWorkerEvents {
    @Override
    public void onLogLines(LogLines lines) {
      output.offer(lines);
    }

    @Override
    public void onNeedPackage(String sha256) {
      CoreWorkerSession open = session;
      if (open != null) {
        Thread.ofVirtual()
            .name("package-upload")
            .start(() ->
                packages.send(sha256, packet -> open.tell(PackageSource.destination(), packet)));
      }
    }

    @Override
    public void onLost(String reason) {
      if (!isClosed.get()) {
        LOG.log(System.Logger.Level.WARNING, "the cluster is lost: {0}", reason);
      }
    }

    @Override
    public void onBroken(Throwable thrown) {
      LOG.log(System.Logger.Level.ERROR, "the session can't go on", thrown);
    }
  }
}
