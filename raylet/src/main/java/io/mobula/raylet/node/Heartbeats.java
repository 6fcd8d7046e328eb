package io.mobula.raylet.node;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.NodeHeartbeat;
import io.mobula.raylet.route.NodeRouter;
import java.util.function.Supplier;

/**
 * Tells the GCS what this node has free: soon after a change, and once a second. Owner thread: the
 * raylet's loop.
 */
final class Heartbeats {
  static final long SOON_NANOS = 100_000_000L;
  static final long PERIOD_NANOS = 1_000_000_000L;

  private final LoopContext loop;
  private final NodeRouter router;
  private final Supplier<NodeHeartbeat> state;
  private NodeHeartbeat sent = NodeHeartbeat.getDefaultInstance();
  private long sentNanos;
  private boolean isStopped;

  Heartbeats(LoopContext loop, NodeRouter router, Supplier<NodeHeartbeat> state) {
    this.loop = loop;
    this.router = router;
    this.state = state;
  }

  /** Sends the first one and goes on by itself. */
  void start() {
    send(state.get());
    loop.timers().schedule(SOON_NANOS, this::tick);
  }

  void stop() {
    isStopped = true;
  }

  private void tick() {
    if (isStopped) {
      return;
    }
    NodeHeartbeat now = state.get();
    if (!now.equals(sent) || loop.nowNanos() - sentNanos >= PERIOD_NANOS) {
      send(now);
    }
    loop.timers().schedule(SOON_NANOS, this::tick);
  }

  private void send(NodeHeartbeat heartbeat) {
    router.send(router.packetTo(ProcessAddress.GCS).setNodeHeartbeat(heartbeat));
    sent = heartbeat;
    sentNanos = loop.nowNanos();
  }
}
