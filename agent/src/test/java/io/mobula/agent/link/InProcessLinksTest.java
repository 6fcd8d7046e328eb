package io.mobula.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.proto.Welcome;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is particular to links within a process: their loops end one by one. */
final class InProcessLinksTest {
  private static final Path PATH = Path.of("/in-process/server");
  private static final int SECONDS = 20;

  private final InProcessNetwork network = new InProcessNetwork();
  private final LinkPeer serverPeer = new LinkPeer("server");
  private final LinkPeer clientPeer = new LinkPeer("client");
  private final Recorder server = new Recorder();
  private final Recorder client = new Recorder();

  @Test
  @SuppressWarnings("try") // That a loop ends in the middle is what is tested.
  void shouldTellPeerAndForgetListenerWhenLoopEnds() throws Exception {
    try (AgentLoop<Runnable> serving = start(serverPeer);
        AgentLoop<Runnable> dialling = start(clientPeer)) {
      listen(serving);
      dial(dialling);
      client.opened.get(SECONDS, TimeUnit.SECONDS);

      serving.close();

      assertThat(client.closed.get(SECONDS, TimeUnit.SECONDS)).contains("server has ended");
      assertThat(network.listenerCount()).isZero();
      dialling.close();
      assertThat(dialling.fatal()).isNull();
    }
  }

  @Test
  @SuppressWarnings("try") // That a loop ends in the middle is what is tested.
  void shouldRefuseDialWhenLoopThatListenedHasEnded() throws Exception {
    try (AgentLoop<Runnable> serving = start(serverPeer);
        AgentLoop<Runnable> dialling = start(clientPeer)) {
      listen(serving);
      serving.close();

      dial(dialling);

      assertThat(client.refused.get(SECONDS, TimeUnit.SECONDS).getMessage())
          .contains("nobody of this process listens there")
          .contains(PATH.toString());
    }
  }

  private AgentLoop<Runnable> start(LinkPeer peer) {
    return AgentLoop.start(peer, LoopConfig.defaults().withNetwork(network));
  }

  private void listen(AgentLoop<Runnable> loop) throws Exception {
    Welcome welcome =
        Welcome.newBuilder()
            .setAddress(LinkContract.SERVER)
            .setAssigned(LinkContract.CLIENT)
            .build();
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    assertThat(
            loop.offer(() -> {
              try {
                serverPeer
                    .context
                    .get()
                    .links()
                    .listen(PATH, hello -> new Greeter.Answer.Accepted(welcome, server));
                done.complete(true);
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            }))
        .isTrue();
    done.get(SECONDS, TimeUnit.SECONDS);
  }

  private void dial(AgentLoop<Runnable> loop) {
    assertThat(
            loop.offer(() ->
                clientPeer
                    .context
                    .join()
                    .links()
                    .connect(PATH, LinkPeer.hello(LinkContract.CLIENT), client)))
        .isTrue();
  }
}
