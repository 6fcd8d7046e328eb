package io.mobula.driver;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.loop.AwakeClock;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.ExitCleanup;
import io.mobula.agent.session.HostIdentity;
import io.mobula.agent.session.OpenParts;
import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.MobulaException;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.driver.classpath.InitCaller;
import io.mobula.driver.classpath.LaunchRefusal;
import io.mobula.driver.classpath.ProgramClasses;
import io.mobula.driver.jvm.WorkerJvmOptions;
import io.mobula.driver.local.LocalRuntime;
import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.Hello;
import io.mobula.proto.JobConfig;
import io.mobula.proto.LogLines;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.OutputEnded;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.RegisterJob;
import io.mobula.worker.WorkerMain;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.CoreWorkerEvents;
import io.mobula.worker.loop.CoreWorkerSetup;
import io.mobula.worker.session.CoreWorkerSession;
import io.mobula.worker.user.ClusterRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection to its cluster, from init to close: the gRPC link, the job, the output of
 * its workers, its class path, and the cluster itself if it is embedded. {@link #close} may be
 * called by any thread, and runs at the end of the process if nobody did before.
 */
final class DriverSession {
  private static final System.Logger LOG = System.getLogger(DriverSession.class.getName());
  private static final String EXIT_THREAD = "mobula-exit";

  /** How long what still waits is left alone when the process should be gone. */
  private static final Duration LATE_DELAY = Duration.ofSeconds(2);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /**
   * How long the end waits for the workers' last words. Workers that don't end are killed sooner.
   */
  private static final Duration OUTPUT_TIMEOUT = Duration.ofSeconds(5);

  /** How long one who closes waits for another who does. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  /** Outlives the link: the embedded cluster, what carries the link. */
  private final OpenParts parts;

  private final DriverConfig config;
  private final Wire wire;
  private final WorkerOutput output;
  private final PackageSource packages = new PackageSource();
  private final @Nullable ProgramClasses classes;
  private final OutputEnds outputEnds = new OutputEnds();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final CountDownLatch isOver = new CountDownLatch(1);
  private final ExitCleanup exit;
  private @Nullable CoreWorkerSession session;

  /** Whether this driver has a job whose workers' output it prints. */
  private boolean isListening;

  private DriverSession(
      OpenParts parts,
      WorkerOutput output,
      @Nullable ProgramClasses classes,
      ExitCleanup exit,
      DriverConfig config,
      Wire wire) {
    this.parts = parts;
    this.output = output;
    this.classes = classes;
    this.exit = exit;
    this.config = config;
    this.wire = wire;
  }

  /** Starts a cluster inside this process and joins it. */
  static MobulaRuntime embedded(InitOptions options, Map<String, String> environment) {
    LaunchRefusal.requireJavaCommand();
    return begin((parts, exit) -> {
      WorkerOutput output = parts.add(newOutput());
      ProgramClasses classes = parts.add(programClasses());
      EmbeddedCluster cluster =
          parts.add(EmbeddedCluster.start(options, environment, classes.paths()));
      Wire wire = parts.add(Wire.grpc(cluster.raylet(), cluster.secret()));
      DriverConfig config = DriverConfig.read(options, environment);
      return new DriverSession(parts, output, classes, exit, config, wire)
          .start(cluster.hostId(), options, true);
    });
  }

  /** Starts a cluster that is this process alone, and joins it. */
  static MobulaRuntime local(InitOptions options, Map<String, String> environment) {
    return begin((parts, exit) -> {
      InProcessNetwork network = new InProcessNetwork();
      WorkerOutput output = parts.add(newOutput());
      EmbeddedCluster cluster =
          parts.add(EmbeddedCluster.startLocal(options, environment, network, loader()));
      Wire wire = parts.add(Wire.inProcess(network, cluster.localRaylet()));
      DriverConfig config = DriverConfig.read(options, environment);
      return new LocalRuntime(
          new DriverSession(parts, output, null, exit, config, wire)
              .start(cluster.hostId(), options, true));
    });
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
    return begin((parts, exit) -> {
      DriverConfig config = DriverConfig.read(options, environment);
      WorkerOutput output = parts.add(newOutput());
      ProgramClasses classes = parts.add(programClasses());
      Wire wire =
          parts.add(Wire.grpc(isLocal ? node.getRpcSocket() : node.getRpcAddress(), secret));
      return new DriverSession(parts, output, classes, exit, config, wire)
          .start(host.id(), options, NodeChoice.isOneHost(snapshot, host.id()));
    });
  }

  /** What a start has opened is closed if it throws anything at any moment. */
  private static MobulaRuntime begin(Start start) {
    ExitCleanup exit = registerExit();
    OpenParts parts = new OpenParts();
    boolean isStarted = false;
    try {
      MobulaRuntime runtime = start.start(parts, exit);
      isStarted = true;
      return runtime;
    } finally {
      if (!isStarted) {
        parts.close();
      }
      exit.startIsOver();
    }
  }

  private static WorkerOutput newOutput() {
    return new WorkerOutput(System.out, System.err);
  }

  private MobulaRuntime start(String hostId, InitOptions options, boolean isOneHost) {
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
              wire.dialler(),
              loader(),
              AwakeClock.INSTANCE,
              new Events(),
              config.lineageBytesMax(),
              RunningBoard.unwatched(),
              wire.sharedProcess());
      CoreWorkerSession connected = CoreWorkerSession.connect(setup, CONNECT_TIMEOUT);
      session = connected;
      String namespace =
          options.namespace() == null ? UUID.randomUUID().toString() : options.namespace();
      int job = registerJob(connected, hostId, namespace, options, isOneHost);
      ClusterRuntime runtime =
          connected.begin(
              job,
              namespace,
              config.isRecordingCallSites(),
              () -> close("the driver closed it", false));
      isListening = isOutputWanted(options);
      exit.closeAtExit(() -> close("the process ends", true));
      isStarted = true;
      return runtime;
    } finally {
      if (!isStarted) {
        close("init failed", false);
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
            .setLogToDriver(isOutputWanted(options))
            .addAllWorkerJvmOptions(WorkerJvmOptions.of(options))
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

  /** Workers that share this process print by themselves. */
  private boolean isOutputWanted(InitOptions options) {
    return options.isLogToDriver() && wire.sharedProcess() == null;
  }

  /** None for workers that share this process, which have its classes. */
  private List<ClassPathEntry> classPath(boolean isOneHost) {
    if (classes == null) {
      return List.of();
    }
    try {
      ClassPathScan scan = new ClassPathScan(classes.paths());
      return isOneHost ? scan.byPath() : scan.byContent(packages);
    } catch (IOException e) {
      throw new MobulaException(
          ErrorCode.START_FAILED, "the class path can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Ends in order: the job, its workers' output, the link, the embedded cluster. Idempotent; who
   * comes second waits for the first. Each step is taken, whatever the ones before it threw, and
   * waits its time, however often the thread is interrupted.
   *
   * <p>When the process ends, user threads are left waiting, so that a program that is ended by
   * Ctrl-C ends without a word. If it does not end, because a shutdown hook of its own waits for
   * something here, they fail after a moment.
   */
  private void close(String reason, boolean isProcessEnding) {
    if (!isClosed.compareAndSet(false, true)) {
      awaitClosed();
      return;
    }
    // An interrupt that came before is not meant for this, and would leave things half closed.
    boolean isInterrupted = Thread.interrupted();
    try {
      CoreWorkerSession open = session;
      if (open != null) {
        OpenParts.close("job", () -> endJob(open, reason, isProcessEnding));
        OpenParts.close(
            "link",
            () -> {
              if (isProcessEnding) {
                open.leave(reason);
              } else {
                open.close(reason);
              }
            });
      }
      parts.close();
      exit.forget();
      if (open != null && isProcessEnding) {
        CompletableFuture.delayedExecutor(LATE_DELAY.toMillis(), TimeUnit.MILLISECONDS)
            .execute(() -> open.close(reason));
      }
    } finally {
      isOver.countDown();
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A process that is ending already is not told of it by an exception, unless it stays. */
  private static ExitCleanup registerExit() {
    try {
      return ExitCleanup.register(EXIT_THREAD);
    } catch (IllegalStateException e) {
      try {
        new CountDownLatch(1).await(LATE_DELAY.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      throw new MobulaException(
          ErrorCode.START_FAILED, "Mobula.init() refused: the process is ending", e);
    }
  }

  private void awaitClosed() {
    if (!Uninterrupted.await(isOver, CLOSE_TIMEOUT)) {
      LOG.log(System.Logger.Level.WARNING, "another thread closes the session and is not done");
    }
  }

  private void endJob(CoreWorkerSession open, String reason, boolean isProcessEnding) {
    if ((isListening || isProcessEnding) && open.endJob(reason, isProcessEnding)) {
      awaitOutput(open.welcome().getAssigned());
    }
  }

  /** The workers of the ended job are ended; what they wrote comes before the link is closed. */
  private void awaitOutput(long self) {
    if (!isListening) {
      return;
    }
    Set<Long> missing = outputEnds.await(OUTPUT_TIMEOUT, raylet(self));
    if (!missing.isEmpty()) {
      output.note(
          "the end of the workers' output may be missing; the log files of these nodes have it: "
              + missing.stream()
                  .map(raylet -> "node " + Integer.toUnsignedString(ProcessAddress.node(raylet)))
                  .collect(Collectors.joining(", ")));
    }
  }

  private static long raylet(long process) {
    return ProcessAddress.of(ProcessAddress.node(process), 0);
  }

  private static ProgramClasses programClasses() {
    return ProgramClasses.find(WorkerMain.class, InitCaller.find());
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

  /** Opens what a session is made of, and starts it. */
  private interface Start {
    MobulaRuntime start(OpenParts parts, ExitCleanup exit);
  }

  /** Events on the loop: handed on at once. */
  private final class Events implements CoreWorkerEvents {
    @Override
    public void onLogLines(LogLines lines) {
      output.offer(lines);
    }

    @Override
    public void onOutputEnded(long raylet, OutputEnded ended) {
      CoreWorkerSession open = session;
      if (open != null) {
        outputEnds.ended(raylet, ended, raylet(open.welcome().getAssigned()));
      }
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
      outputEnds.lost();
      if (!isClosed.get()) {
        LOG.log(System.Logger.Level.WARNING, "the cluster is lost: {0}", reason);
      }
    }

    @Override
    public void onBroken(Throwable thrown) {
      LOG.log(
          System.Logger.Level.ERROR,
          "the session can't go on: close it, and call Mobula.init() again",
          thrown);
    }
  }
}
