package io.mobula.raylet;

import static org.awaitility.Awaitility.await;

import io.mobula.agent.config.HostPort;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.agent.session.SessionRoot;
import io.mobula.proto.Hello;
import io.mobula.proto.JobConfig;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.RequestLease;
import io.mobula.proto.Resources;
import io.mobula.rpc.GrpcDialer;
import io.mobula.rpc.GrpcServer;
import io.mobula.rpc.GrpcServerConfig;
import io.mobula.rpc.RpcThread;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/**
 * A head that the test plays and a driver, over real sockets, for a real raylet with real
 * processes.
 */
final class RealCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long STORE_BYTES = 8 << 20;

  final ClusterSecret secret = ClusterSecret.generate();
  final FakeGcs gcs = new FakeGcs(null);
  final Party driver = new Party("driver");
  final SessionDirectory session;
  private final RpcThread thread = RpcThread.start("test-rpc");
  private final GrpcDialer dialer = new GrpcDialer(thread, LinkLimits.DEFAULT);
  private final AgentLoop<Runnable> gcsLoop = AgentLoop.start(gcs, LoopConfig.defaults());
  private final AgentLoop<Runnable> driverLoop = AgentLoop.start(driver, LoopConfig.defaults());
  private final GrpcServer server;

  RealCluster() throws IOException {
    session = SessionRoot.openDefault().createSession();
    server =
        GrpcServer.start(
            thread,
            new GrpcServerConfig("127.0.0.1", 0, null, secret.hex(), LinkLimits.DEFAULT),
            gcsLoop.executor(),
            gcs::greet);
  }

  RayletConfig config() {
    return RayletConfig.embedded(new HostPort("127.0.0.1", server.port()), secret, session.path())
        .withResources(Optional.of(2.0), Optional.empty(), Map.of("x", 0.5))
        .withObjectStoreBytes(STORE_BYTES);
  }

  /** The driver connects to the raylet, and the head tells of its job. */
  void connect(Raylet raylet, int job) {
    dialer.connect(
        raylet.rpcSocket().toString(),
        secret.hex(),
        Hello.newBuilder().setKind(ProcessKind.DRIVER).setHostId("test").build(),
        driver,
        driverLoop.executor());
    until(() -> driver.link != null);
    onGcs(() ->
        gcs.startJob(
            job,
            JobConfig.newBuilder()
                .setDriver(driver.address())
                .setHostId("test")
                .setLogToDriver(true)
                .build()));
  }

  void request(long number, int job) {
    send(
        ProcessAddress.of(1, 0),
        Packet.newBuilder()
            .setRequestLease(
                RequestLease.newBuilder()
                    .setRequest(number)
                    .setJob(job)
                    .setTaskName("task")
                    .setResources(Resources.newBuilder().putAmounts("CPU", 10_000))));
  }

  void send(long to, Packet.Builder packet) {
    if (!driverLoop.executor().post(() -> driver.send(to, packet))) {
      throw new IllegalStateException("the driver's loop has ended");
    }
  }

  void onGcs(Runnable action) {
    if (!gcsLoop.executor().post(action)) {
      throw new IllegalStateException("the head's loop has ended");
    }
  }

  /** Waits for a packet at the driver. */
  Packet driverGets(Predicate<Packet> test) {
    until(() -> driver.received.stream().anyMatch(test));
    return driver.take(test).orElseThrow();
  }

  static void until(Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  void stopGcs() {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
    dialer.close();
    gcsLoop.close();
    driverLoop.close();
    thread.close();
    session.close();
    Objects.requireNonNull(SessionRoot.openDefault().sweep());
  }
}
