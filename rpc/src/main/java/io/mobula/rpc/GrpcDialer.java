package io.mobula.rpc;

import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.LinkContext;
import io.mobula.agent.link.LinkIdentity;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.proto.Hello;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens links over gRPC. Each has a connection of its own. Any thread may call it; the links'
 * handlers run on the loop they were opened for.
 */
public final class GrpcDialer implements AutoCloseable {
  private static final long CLOSE_TIMEOUT_NANOS = 1_000_000_000;

  private final RpcThread thread;
  private final LinkLimits limits;

  /** The one structure here that several threads use: the loops' and the closing one. */
  private final Set<GrpcDial> dials = ConcurrentHashMap.newKeySet();

  /** Dials with that thread. */
  public GrpcDialer(RpcThread thread, LinkLimits limits) {
    this.thread = thread;
    this.limits = limits;
  }

  /**
   * Dials. Events follow on the loop; never before this method returns.
   *
   * @param target {@code host:port}, {@code [ipv6]:port}, or the path of a Unix socket
   * @param secret the cluster's
   * @param hello this side's; versions and pid are filled in
   */
  public void connect(
      String target, String secret, Hello hello, DialHandler handler, LoopExecutor loop) {
    LinkContext context =
        new LinkContext(new EventLoopTimers(thread, loop), limits, LinkIdentity.current());
    GrpcDial dial = new GrpcDial(thread, context, loop, target, secret, dials::remove);
    dials.add(dial);
    if (!loop.post(() -> dial.start(hello, handler))) {
      dials.remove(dial);
    }
  }

  /**
   * Closes every link with a goodbye. Not on a loop's thread, which must be free to close its
   * links. Idempotent.
   */
  @Override
  public void close() {
    List<GrpcDial> open = List.copyOf(dials);
    open.forEach(dial -> dial.close("the dialling process has ended"));
    long end = System.nanoTime() + CLOSE_TIMEOUT_NANOS;
    for (GrpcDial dial : open) {
      Uninterrupted.await(dial::awaitGone, Duration.ofNanos(end - System.nanoTime()));
    }
  }
}
