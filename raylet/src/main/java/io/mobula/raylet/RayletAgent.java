package io.mobula.raylet;

import io.mobula.agent.link.Greeter;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.NodeDescription;
import io.mobula.raylet.node.GcsSession;
import io.mobula.raylet.node.Node;
import io.mobula.raylet.node.NodeIdentity;
import io.mobula.raylet.worker.WorkerLimits;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A raylet's life; what it does while it serves is {@link Node}'s. Owner thread: its loop.
 *
 * <pre>
 *   STARTING ──Join──► JOINING ──number──► OPENING ──store──► SERVING ──End, Shutdown──► ENDING ──► ENDED
 *                        └──── cluster lost, store failed, End ───────────────────────────┘
 * </pre>
 *
 * <p>Forward only; the first reason for the end is kept. ENDING takes as long as the workers take
 * to go, at most {@link #END_MAX_NANOS}.
 */
final class RayletAgent implements Agent<RayletMessage> {
  static final long END_GRACE_NANOS = 2_000_000_000L;
  static final long END_MAX_NANOS = END_GRACE_NANOS + 1_500_000_000L;
  private static final Logger LOG = System.getLogger(RayletAgent.class.getName());

  private final RayletConfig config;
  private final RayletPlace place;
  private final NodeSize size;
  private final RayletEdges edges;
  private final List<byte[]> early = new ArrayList<>();
  private Phase phase = Phase.STARTING;
  private @Nullable Failure endReason;
  private long endDeadlineNanos;
  private @Nullable Serving serving;

  private enum Phase {
    STARTING,
    JOINING,
    OPENING,
    SERVING,
    ENDING,
    ENDED
  }

  RayletAgent(RayletConfig config, RayletPlace place, NodeSize size, RayletEdges edges) {
    this.config = config;
    this.place = place;
    this.size = size;
    this.edges = edges;
  }

  @Override
  public String role() {
    return "raylet-" + place.directory().getFileName();
  }

  @Override
  public void onStart(LoopContext context) {
    serving = new Serving(context);
  }

  @Override
  public void onMessage(RayletMessage message) {
    switch (message) {
      case RayletMessage.Join join -> serving().join(join);
      case RayletMessage.End(String reason) ->
          end(failure(FailureKind.FAILURE_KIND_UNSPECIFIED, reason));
    }
  }

  @Override
  public void onTurnEnd() {
    Serving current = serving();
    Node node = current.node;
    if (node != null && phase != Phase.ENDED) {
      node.settle();
      if (phase == Phase.ENDING
          && (node.hasEnded() || current.loop.nowNanos() >= endDeadlineNanos)) {
        finish(node);
      }
    }
  }

  @Override
  public void onClose() {
    if (phase != Phase.ENDED) {
      // The loop is closed without an orderly end: at least no process stays.
      Node node = serving().node;
      if (node != null) {
        node.close(() -> {});
      }
    }
  }

  /** Who is let in over gRPC. */
  Greeter greeter() {
    return hello -> greet(hello, false);
  }

  private Greeter.Answer greet(Hello hello, boolean isLocalSocket) {
    Node node = serving().node;
    if (node == null || phase != Phase.SERVING) {
      return new Greeter.Answer.Refused(
          failure(
              FailureKind.INVALID,
              "this raylet " + (node == null ? "has not joined its cluster yet" : "ends")));
    }
    return node.greet(hello, isLocalSocket);
  }

  private void end(Failure reason) {
    if (phase == Phase.ENDING || phase == Phase.ENDED) {
      return;
    }
    LOG.log(Level.DEBUG, "raylet ends: {0}", reason.getMessage());
    endReason = reason;
    Serving current = serving();
    Node node = current.node;
    if (node == null) {
      current.closeSession(reason.getMessage());
      phase = Phase.ENDED;
      edges.ended(reason);
      return;
    }
    phase = Phase.ENDING;
    endDeadlineNanos = current.loop.nowNanos() + END_MAX_NANOS;
    node.end(reason.getMessage());
    current.loop.timers().schedule(END_MAX_NANOS, () -> {});
  }

  private void finish(Node node) {
    phase = Phase.ENDED;
    Failure reason = endReason == null ? failure(FailureKind.INTERNAL, "ended") : endReason;
    serving().closeSession(reason.getMessage());
    node.close(() -> edges.ended(reason));
  }

  private Failure failure(FailureKind kind, String message) {
    return Failure.newBuilder()
        .setKind(kind)
        .setMessage(message)
        .setHost(place.host().hostName())
        .build();
  }

  private Serving serving() {
    Serving current = serving;
    if (current == null) {
      throw new IllegalStateException("not started");
    }
    return current;
  }

  /** What exists once the loop runs. */
  private final class Serving implements GcsSession.Events {
    final LoopContext loop;
    @Nullable GcsSession session;
    @Nullable Node node;

    Serving(LoopContext loop) {
      this.loop = loop;
    }

    void join(RayletMessage.Join ports) {
      if (phase != Phase.STARTING) {
        return;
      }
      phase = Phase.JOINING;
      String target = config.gcsAddress().toString();
      GcsSession started =
          new GcsSession(
              loop,
              (hello, handler) -> edges.dial(target, hello, handler),
              target,
              config.gcsGrace().toNanos(),
              describe(ports),
              this);
      session = started;
      started.join();
    }

    void closeSession(String reason) {
      GcsSession open = session;
      if (open != null) {
        open.close(reason);
      }
    }

    @Override
    public void joined(int number, long clusterId) {
      phase = Phase.OPENING;
      edges.makeStore(
          number,
          loop,
          path -> serve(number, clusterId, path),
          message ->
              end(failure(FailureKind.STORE_FULL, "the object store can't be made: " + message)));
    }

    @Override
    public void packet(byte[] packet) {
      Node current = node;
      if (current == null) {
        early.add(packet);
      } else {
        current.onGcsPacket(packet);
      }
    }

    @Override
    public void lost(Failure failure) {
      end(failure);
    }

    private void serve(int number, long clusterId, Path storePath) {
      if (phase != Phase.OPENING) {
        return;
      }
      NodeIdentity identity =
          new NodeIdentity(
              number,
              clusterId,
              place.host().id(),
              place.host().hostName(),
              place.directory().toString(),
              place.rayletSocket().toString(),
              storePath.toString());
      Node fresh =
          new Node(
              identity,
              size.total(),
              limits(),
              config.peerGrace(),
              loop,
              edges,
              this::sendToGcs,
              router -> edges.openStore(identity.address(), loop, router),
              RayletAgent.this::end);
      try {
        loop.links().listen(place.rayletSocket(), hello -> greet(hello, true));
      } catch (IOException e) {
        node = fresh;
        end(failure(FailureKind.INTERNAL, "no socket for workers: " + e.getMessage()));
        return;
      }
      node = fresh;
      phase = Phase.SERVING;
      fresh.start();
      early.forEach(fresh::onGcsPacket);
      early.clear();
      edges.ready(identity);
    }

    private boolean sendToGcs(byte[] packet) {
      GcsSession open = session;
      return open != null && open.send(packet);
    }

    private WorkerLimits limits() {
      RayletConfig.Workers workers = config.workers();
      return new WorkerLimits(
          workers.slotsPerWorker(),
          size.concurrentStartsMax(),
          workers.workersMax(),
          workers.idleTimeout().toNanos(),
          workers.startTimeout().toNanos(),
          END_GRACE_NANOS,
          size.heaps());
    }

    private NodeDescription describe(RayletMessage.Join ports) {
      return NodeDescription.newBuilder()
          .setHostId(place.host().id())
          .setHostName(place.host().hostName())
          .setRpcAddress(config.addresses().reachable(ports.rpcPort()))
          .setDataAddress(config.addresses().reachable(ports.dataPort()))
          .setRpcSocket(place.rpcSocket().toString())
          .setTotal(size.total().toProto())
          .setPid(ProcessHandle.current().pid())
          .setNodeDirectory(place.directory().toString())
          .setStoreCapacityBytes(size.storeBytes())
          .setIsHead(config.isHead())
          .build();
    }
  }
}
