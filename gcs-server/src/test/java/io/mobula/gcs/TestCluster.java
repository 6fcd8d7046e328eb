package io.mobula.gcs;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.MemoryNetwork;
import io.mobula.agent.loop.ManualLoop;
import io.mobula.agent.loop.VirtualClock;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.gcs.log.MemoryCommandLog;
import io.mobula.gcs.packages.MemoryPackageFiles;
import io.mobula.gcs.packages.PackageLimits;
import io.mobula.gcs.state.Commands;
import io.mobula.gcs.state.StateLimits;
import io.mobula.proto.NodeHeartbeat;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.RegisterNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A GCS and its peers on one thread, with virtual time and links in memory. */
final class TestCluster {
  private static final Path SOCKET = Path.of("/gcs");

  final VirtualClock clock = new VirtualClock(0, 1_700_000_000_000L);
  final MemoryNetwork network = new MemoryNetwork();
  final MemoryPackageFiles files = new MemoryPackageFiles();
  final List<String> shutdowns = new ArrayList<>();
  final List<ManualLoop<?>> loops = new ArrayList<>();

  TestCluster() {
    GcsConfig config =
        new GcsConfig(
            "127.0.0.1",
            0,
            "",
            Path.of("/session"),
            ClusterSecret.of("0".repeat(64)),
            GcsTimings.DEFAULT,
            StateLimits.DEFAULT,
            new PackageLimits(1000, 1500, 4, 3),
            50);
    GcsAgent agent =
        new GcsAgent(
            config,
            new GcsIdentity("host", 42),
            new MemoryCommandLog(),
            loop -> files,
            shutdowns::add);
    ManualLoop<GcsMessage> loop = ManualLoop.start(agent, clock, network, LinkLimits.DEFAULT);
    try {
      loop.context().links().listen(SOCKET, agent.greeter());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    loops.add(loop);
  }

  /** Dials the GCS; the handshake is done when this returns. */
  TestPeer dial(ProcessKind kind, long address, long pid) {
    TestPeer peer = new TestPeer(SOCKET, kind, address, pid);
    loops.add(ManualLoop.start(peer, clock, network, LinkLimits.DEFAULT));
    run();
    return peer;
  }

  /** A registered raylet; {@code pid} also tells nodes apart. */
  TestPeer raylet(long pid, double cpus) {
    TestPeer peer = dial(ProcessKind.RAYLET, 0, pid);
    peer.link()
        .send(
            peer.request(peer.link().welcome().getAssigned())
                .setRegisterNode(
                    RegisterNode.newBuilder().setDescription(Commands.description(pid, cpus)))
                .build());
    run();
    return peer;
  }

  void send(TestPeer peer, Packet.Builder packet) {
    peer.link().send(packet.build());
    run();
  }

  void heartbeat(TestPeer peer, int node, double freeCpus) {
    send(
        peer,
        Packet.newBuilder()
            .setFrom(ProcessAddress.of(node, 0))
            .setTo(ProcessAddress.GCS)
            .setNodeHeartbeat(NodeHeartbeat.newBuilder().setAvailable(Commands.cpus(freeCpus))));
  }

  void run() {
    ManualLoop.runUntilIdle(loops);
  }

  void advance(Duration time) {
    ManualLoop.advance(clock, time.toNanos(), loops);
  }

  /** The peer's process is killed. */
  void kill(TestPeer peer) {
    peer.link().close("killed");
    run();
  }
}
