package io.mobula.driver;

import io.mobula.agent.link.InProcessNetwork;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.session.ClusterSecret;
import io.mobula.rpc.GrpcDialer;
import io.mobula.rpc.RpcThread;
import io.mobula.worker.loop.CoreWorkerSetup.RayletDialler;
import io.mobula.worker.loop.SharedProcess;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a driver reaches its raylet.
 *
 * @param dialler opens the link
 * @param sharedProcess the process that it shares with all of its cluster; null if it does not
 * @param end lets go of what carries the link
 */
record Wire(RayletDialler dialler, @Nullable SharedProcess sharedProcess, Runnable end)
    implements AutoCloseable {
  /** gRPC, on a thread of its own. */
  static Wire grpc(String raylet, ClusterSecret secret) {
    RpcThread thread = RpcThread.start("driver-rpc");
    GrpcDialer dialer = new GrpcDialer(thread, LinkLimits.DEFAULT);
    return new Wire(
        (context, mine, handler) ->
            dialer.connect(raylet, secret.hex(), mine, handler, context.executor()),
        null,
        () -> {
          dialer.close();
          thread.close();
        });
  }

  /** From loop to loop. */
  static Wire inProcess(InProcessNetwork network, Path raylet) {
    ThreadGroup threads = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
    return new Wire(
        (context, mine, handler) -> context.links().connect(raylet, mine, handler),
        new SharedProcess(network, threads),
        () -> {});
  }

  @Override
  public void close() {
    end.run();
  }
}
