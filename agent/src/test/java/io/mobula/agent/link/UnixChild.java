package io.mobula.agent.link;

import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process that dials a Unix link and lives until it is killed or the link closes. */
final class UnixChild {
  private UnixChild() {}

  public static void main(String[] args) throws Exception {
    LinkPeer peer = new LinkPeer("child");
    Recorder recorder = new Recorder();
    AgentLoop<Runnable> loop = AgentLoop.start(peer, LoopConfig.defaults());
    loop.offer(() ->
        peer.context
            .join()
            .links()
            .connect(Path.of(args[0]), LinkPeer.hello(LinkContract.CLIENT), recorder));
    recorder.opened.get(20, TimeUnit.SECONDS);
    System.out.println("open");
    recorder.closed.get(60, TimeUnit.SECONDS);
  }
}
