package io.mobula.cli;

import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.ExitCleanup;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.driver.ClusterTokens;
import io.mobula.gcs.GcsConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code mobula start}: makes this machine the head of a new cluster, or a node of one that runs.
 */
@Command(
    name = "start",
    description = "Start a head, or join this machine to a cluster.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Exit codes of a JVM that SIGHUP, SIGINT (Ctrl-C reaches all of a terminal) or SIGTERM ended.
   */
  private static final Set<Integer> ASKED_TO_END = Set.of(129, 130, 143);

  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Role role = new Role();

  /** Head or node: one of them. */
  static final class Role {
    @Option(names = "--head", description = "Start a new cluster on this machine.")
    private boolean isHead;

    @Option(
        names = "--address",
        paramLabel = "HOST:PORT",
        description = "Join the cluster whose head is there.")
    private @Nullable String address;
  }

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port of the head (default: 6379); of the node's raylet with --address.")
  private @Nullable Integer port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Address of this machine to listen on, by which others reach it (default: 127.0.0.1).")
  private @Nullable String host;

  @Option(names = "--num-cpus", paramLabel = "N", description = "CPUs that tasks may use.")
  private @Nullable String numCpus;

  @Option(names = "--memory", paramLabel = "SIZE", description = "Memory that tasks may ask for.")
  private @Nullable String memory;

  @Option(
      names = "--resources",
      paramLabel = "NAME=AMOUNT,…",
      description = "Custom resources, such as gpu=2,ssd=1.")
  private @Nullable String resources;

  @Option(
      names = "--object-store-memory",
      paramLabel = "SIZE",
      description = "Size of the object store, such as 4GiB.")
  private @Nullable String objectStoreMemory;

  @Option(
      names = "--token",
      paramLabel = "SECRET",
      description = "The cluster's secret (default: MOBULA_TOKEN; a head makes its own).")
  private @Nullable String token;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any setting of gcs.* or raylet.*; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--block", description = "Stay in the foreground; Ctrl-C ends what was started.")
  private boolean isBlocking;

  @Option(names = "--json", description = "Print what was started as JSON.")
  private boolean isJson;

  @Override
  public Integer call() throws Exception {
    SessionRoot root = SessionRoot.openDefault();
    root.sweep();
    Map<String, String> environment = System.getenv();
    ClusterSecret secret = secret(environment);
    // Whoever ends this command while it starts daemons does not want half of them.
    ExitCleanup exit = ExitCleanup.register("mobula-stop");
    try {
      return start(root, secret, exit);
    } finally {
      exit.startIsOver();
    }
  }

  private int start(SessionRoot root, ClusterSecret secret, ExitCleanup exit) throws Exception {
    SessionDirectory session = root.createSession();
    List<DaemonProcess> started = new ArrayList<>();
    boolean isStarted = false;
    try {
      Sessions.mark(session.path());
      secret.write(session.tokenFile());
      String head = role.isHead ? startGcs(session, started) : String.valueOf(role.address);
      requireGoingOn(exit);
      startRaylet(session, head, started);
      requireGoingOn(exit);
      isStarted = true;
      report(session, head, started);
      exit.closeAtExit(() -> stop(session, started));
      if (isBlocking) {
        return block(session, started);
      }
      exit.forget();
      return MobulaCommand.OK;
    } finally {
      if (!isStarted) {
        end(started);
        Files.deleteIfExists(session.tokenFile());
        session.close();
      }
    }
  }

  private ClusterSecret secret(Map<String, String> environment) throws IOException {
    if (role.address != null) {
      return ClusterTokens.find(token, environment, Addresses.parse(role.address));
    }
    try {
      return ClusterSecret.find(token, environment, null).orElseGet(ClusterSecret::generate);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(MobulaCommand.WRONG_USAGE, String.valueOf(e.getMessage()));
    }
  }

  private static void requireGoingOn(ExitCleanup exit) {
    if (exit.isProcessEnding()) {
      throw CommandFailure.failed("ended while it started: what had started is ended, too");
    }
  }

  private String startGcs(SessionDirectory session, List<DaemonProcess> started)
      throws IOException, InterruptedException {
    List<String> flags = flags("gcs.");
    flags.add("gcs.session-directory=" + session.path());
    flags.add("gcs.port=" + (port == null ? GcsConfig.DEFAULT_PORT : port));
    flags.add("gcs.token-file=" + session.tokenFile());
    if (host != null) {
      flags.add("gcs.listen-host=" + host);
    }
    DaemonProcess gcs =
        DaemonProcess.start(
            "gcs", "io.mobula.gcs.GcsMain", flags, session.logs().resolve("gcs.log"), !isBlocking);
    started.add(gcs);
    gcs.awaitReady(() -> Files.exists(session.gcsReadyFile()), READY_TIMEOUT);
    return Sessions.daemonsOf(session.path()).getLast().address();
  }

  private void startRaylet(SessionDirectory session, String head, List<DaemonProcess> started)
      throws IOException, InterruptedException {
    List<String> flags = flags("raylet.");
    flags.add("raylet.session-directory=" + session.path());
    flags.add("raylet.gcs-address=" + head);
    flags.add("raylet.token-file=" + session.tokenFile());
    flags.add("raylet.head=" + role.isHead);
    addIfSet(flags, "raylet.num-cpus", numCpus);
    addIfSet(flags, "raylet.memory", memory);
    addIfSet(flags, "raylet.resources", resources);
    addIfSet(flags, "raylet.object-store-memory", objectStoreMemory);
    addIfSet(flags, "raylet.host", host);
    if (!role.isHead && port != null) {
      flags.add("raylet.port=" + port);
    }
    DaemonProcess raylet =
        DaemonProcess.start(
            "raylet",
            "io.mobula.raylet.RayletMain",
            flags,
            session.logs().resolve("raylet.log"),
            !isBlocking);
    started.add(raylet);
    raylet.awaitReady(() -> hasRaylet(session.path()), READY_TIMEOUT);
  }

  private static boolean hasRaylet(Path session) {
    try {
      return Sessions.daemonsOf(session).stream().anyMatch(d -> d.kind().equals("raylet"));
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> flags(String prefix) {
    List<String> flags = new ArrayList<>();
    for (String setting : settings) {
      if (setting.startsWith(prefix)
          || (!setting.startsWith("gcs.") && !setting.startsWith("raylet."))) {
        flags.add(setting);
      }
    }
    return flags;
  }

  private static void addIfSet(List<String> flags, String key, @Nullable String value) {
    if (value != null) {
      flags.add(key + "=" + value);
    }
  }

  private void report(SessionDirectory session, String head, List<DaemonProcess> started) {
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("address", head);
      values.put("session", session.path().toString());
      values.put("tokenFile", session.tokenFile().toString());
      values.put("pids", started.stream().map(DaemonProcess::pid).toList());
      out.println(Json.write(values));
    } else if (role.isHead) {
      out.println("The head runs at " + head + ". Its secret is in " + session.tokenFile());
      out.println("  on this machine   export MOBULA_ADDRESS=" + head);
      out.println(
          "  add a machine     MOBULA_TOKEN=$(cat "
              + session.tokenFile()
              + ") mobula start --address "
              + head);
      out.println("  see, end          mobula status, mobula stop");
    } else {
      out.println("This machine is a node of the cluster at " + head + ".");
    }
    out.flush();
  }

  /** Until the raylet ends, as it does when its head is gone. */
  private static int block(SessionDirectory session, List<DaemonProcess> started)
      throws InterruptedException {
    int exitCode = started.getLast().await();
    if (exitCode != 0 && !ASKED_TO_END.contains(exitCode)) {
      throw CommandFailure.failed(
          "the raylet ended by itself, and with it all else is ended: exit code="
              + exitCode
              + ", logs="
              + session.logs());
    }
    return MobulaCommand.OK;
  }

  private static void stop(SessionDirectory session, List<DaemonProcess> started) {
    try {
      end(started);
      Files.deleteIfExists(session.tokenFile());
      session.close();
    } catch (InterruptedException | IOException e) {
      System.err.println("mobula: not everything could be ended: " + e.getMessage());
    }
  }

  private static void end(List<DaemonProcess> started) throws InterruptedException {
    for (DaemonProcess daemon : started.reversed()) {
      daemon.end();
    }
  }
}
