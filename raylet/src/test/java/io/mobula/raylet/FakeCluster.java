package io.mobula.raylet;

import io.mobula.agent.config.HostPort;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.MemoryNetwork;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.ManualLoop;
import io.mobula.agent.loop.VirtualClock;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.HostIdentity;
import io.mobula.proto.Hello;
import io.mobula.proto.JobConfig;
import io.mobula.proto.ProcessKind;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.worker.HeapPolicy;
import io.mobula.raylet.worker.LastWords;
import io.mobula.raylet.worker.OutputBuffer;
import io.mobula.raylet.worker.WorkerStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One raylet's agent among parties that the test plays, in virtual time, on one thread. */
final class FakeCluster implements AutoCloseable {
  static final long SECOND = 1_000_000_000L;
  static final long RAYLET = ProcessAddress.of(1, 0);
  static final String HOST = "host-a";
  private static final HeapPolicy HEAPS =
      HeapPolicy.of(1 << 30, 4 * ResourceSet.UNIT, 512, OptionalLong.empty());
  private static final Path GCS_SOCKET = Path.of("127.0.0.1:7000");
  private static final Path RAYLET_SOCKET = Path.of("/node/raylet.sock");
  private static final Path RPC_SOCKET = Path.of("/node/rpc.sock");

  final VirtualClock clock = new VirtualClock();
  final MemoryNetwork network = new MemoryNetwork();
  final List<ManualLoop<?>> loops = new ArrayList<>();
  final FakeGcs gcs = new FakeGcs(GCS_SOCKET);
  final FakeEdges edges = new FakeEdges(this::context);
  final ManualLoop<RayletMessage> raylet;
  private final Map<Party, ManualLoop<Runnable>> parties = new HashMap<>();
  @Nullable ManualLoop<Runnable> gcsLoop;

  FakeCluster(int cpus) throws IOException {
    startGcs();
    RayletConfig config =
        RayletConfig.embedded(
            new HostPort("127.0.0.1", 7000), ClusterSecret.generate(), Path.of("/session"));
    ResourceSet total =
        new ResourceSet(new TreeMap<>(Map.of(ResourceSet.CPU, cpus * ResourceSet.UNIT)));
    RayletPlace place =
        new RayletPlace(
            new HostIdentity(HOST, "here"), Path.of("/node"), RAYLET_SOCKET, RPC_SOCKET);
    RayletAgent agent =
        new RayletAgent(config, place, new NodeSize(total, 1 << 20, HEAPS, 2), edges);
    raylet = ManualLoop.start(agent, clock, network, LinkLimits.DEFAULT);
    loops.add(raylet);
    raylet.context().links().listen(RPC_SOCKET, agent.greeter());
    raylet.offer(new RayletMessage.Join(8000, 8001));
  }

  void startGcs() {
    ManualLoop<Runnable> started = ManualLoop.start(gcs, clock, network, LinkLimits.DEFAULT);
    gcsLoop = started;
    loops.add(started);
  }

  void killGcs() {
    ManualLoop<Runnable> started = Objects.requireNonNull(gcsLoop);
    started.kill();
    loops.remove(started);
  }

  LoopContext context() {
    return raylet.context();
  }

  void run() {
    ManualLoop.runUntilIdle(loops);
  }

  void advance(long nanos) {
    ManualLoop.advance(clock, nanos, loops);
  }

  Party party(String name) {
    Party party = new Party(name);
    ManualLoop<Runnable> loop = ManualLoop.start(party, clock, network, LinkLimits.DEFAULT);
    loops.add(loop);
    parties.put(party, loop);
    return party;
  }

  /** Ends a party as kill -9 does. */
  void kill(Party party) {
    ManualLoop<Runnable> loop = Objects.requireNonNull(parties.remove(party));
    loop.kill();
    loops.remove(loop);
    run();
  }

  /** A driver on this host, connected. */
  Party driver() {
    Party driver = party("driver");
    driver.dial(
        RPC_SOCKET,
        Hello.newBuilder().setKind(ProcessKind.DRIVER).setPid(500).setHostId(HOST).build());
    run();
    return driver;
  }

  /** The process that was launched under that number dials its raylet. */
  Party worker(int number) {
    Party worker = party("worker-" + number);
    worker.dial(
        RAYLET_SOCKET,
        Hello.newBuilder()
            .setKind(ProcessKind.WORKER)
            .setWorkerNumber(number)
            .setPid(1_000 + number)
            .setHostId(HOST)
            .build());
    run();
    return worker;
  }

  /** All that the process wrote has been read. */
  void outputEnded(int number, int job) {
    WorkerStart start = new WorkerStart(number, job, LeaseKind.SHARED, "task", 1);
    for (boolean isStderr : new boolean[] {false, true}) {
      OutputBuffer output = OutputBuffer.ended(start, number, isStderr);
      if (!context().executor().post(() -> edges.workerEvents().wrote(output))) {
        throw new IllegalStateException("the raylet's loop has ended");
      }
    }
    run();
  }

  /** The process is gone, its link aside. */
  void exited(int number, String status) {
    exited(number, status, LastWords.NONE);
  }

  /** The process is gone, its link aside, and that is what it left. */
  void exited(int number, String status, LastWords lastWords) {
    boolean isPosted =
        context().executor().post(() -> edges.workerEvents().exited(number, status, lastWords));
    if (!isPosted) {
      throw new IllegalStateException("the raylet's loop has ended");
    }
    run();
  }

  Party client(Hello.Builder hello) {
    Party party = party("client");
    party.dial(RPC_SOCKET, hello.build());
    run();
    return party;
  }

  /** A job of that driver, known to the node. */
  void job(int id, Party driver) {
    gcs.startJob(
        id,
        JobConfig.newBuilder()
            .setDriver(driver.address())
            .setHostId(HOST)
            .setNamespace("ns")
            .setLogToDriver(true)
            .build());
    run();
  }

  Optional<Integer> lastLaunched() {
    return edges.launched.keySet().stream().max(Integer::compare);
  }

  @Override
  public void close() {
    loops.forEach(ManualLoop::close);
  }
}
