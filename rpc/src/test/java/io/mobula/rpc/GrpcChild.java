package io.mobula.rpc;

import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.LinkPeer;
import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that dials a gRPC link and lives until it is killed or the link closes. */
final class GrpcChild {
  private static final long ADDRESS = 3L << 32 | 7;

  private static final int ATTEMPTS = 3;

  private GrpcChild() {}

  public static void main(String[] args) throws Exception {
    LinkPeer peer = new LinkPeer("child");
    AgentLoop<Runnable> loop = AgentLoop.start(peer, LoopConfig.defaults());
    GrpcDialer dialer = new GrpcDialer(RpcThread.start("child-rpc"), LinkLimits.DEFAULT);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Recorder recorder = new Recorder();
      dialer.connect(
          args[0], GrpcFixture.SECRET, LinkPeer.hello(ADDRESS), recorder, loop.executor());
      CompletableFuture.anyOf(recorder.opened, recorder.refused).get(20, TimeUnit.SECONDS);
      if (recorder.opened.isDone()) {
        System.out.println("open");
        recorder.closed.get(60, TimeUnit.SECONDS);
        return;
      }
      // A machine with much else to do may take longer to load gRPC than a handshake may last.
      System.err.println("refused: " + recorder.refused.get().getMessage());
    }
  }
}
