package io.mobula.rpc;

import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.LinkPeer;
import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import java.util.concurrent.TimeUnit;

/** A process that dials a gRPC link and lives until it is killed or the link closes. */
final class GrpcChild {
  private static final long ADDRESS = 3L << 32 | 7;

  private GrpcChild() {}

  public static void main(String[] args) throws Exception {
    LinkPeer peer = new LinkPeer("child");
    Recorder recorder = new Recorder();
    AgentLoop<Runnable> loop = AgentLoop.start(peer, LoopConfig.defaults());
    new GrpcDialer(RpcThread.start("child-rpc"), LinkLimits.DEFAULT)
        .connect(args[0], GrpcFixture.SECRET, LinkPeer.hello(ADDRESS), recorder, loop.executor());
    recorder.opened.get(20, TimeUnit.SECONDS);
    System.out.println("open");
    recorder.closed.get(60, TimeUnit.SECONDS);
  }
}
