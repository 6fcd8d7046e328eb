package io.mobula.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.LinkPeer;
import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.link.MemoryNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ManualLoopTest {
  private static final Path SOCKET = Path.of("/node/raylet.sock");

  private final VirtualClock clock = new VirtualClock();
  private final MemoryNetwork network = new MemoryNetwork();
  private final LinkLimits limits = new LinkLimits(1000, 100, 5000, 2000, 1_000_000);
  private final ManualLoop<Runnable> first = start("first");
  private final ManualLoop<Runnable> second = start("second");
  private final Recorder server = new Recorder();
  private final Recorder client = new Recorder();

  @Test
  void shouldFireEachTimerAtItsTimeWhenClockAdvances() {
    List<Long> times = new ArrayList<>();
    first.context().timers().schedule(10, () -> times.add(clock.nanoTime()));
    first
        .context()
        .timers()
        .schedule(
            5,
            () -> {
              times.add(clock.nanoTime());
              first.context().timers().schedule(2, () -> times.add(clock.nanoTime()));
            });
    first.advance(9);
    assertThat(times).containsExactly(5L, 7L);
    first.advance(9);
    assertThat(times).containsExactly(5L, 7L, 10L);
    assertThat(clock.nanoTime()).isEqualTo(18);
    assertThat(first.timerCount()).isZero();
  }

  @Test
  void shouldCarryPacketsWhenLoopsAreStepped() throws Exception {
    Link link = open();
    link.send(LinkPeer.numbered(1, 2, 0));
    link.close("enough");
    runAll();
    assertThat(server.packets).hasSize(1);
    assertThat(server.closed.get()).isEqualTo("enough");
    assertThat(client.closed.get()).isEqualTo("enough");
    assertThat(first.linkCount() + second.linkCount()).isZero();
    assertThat(first.timerCount() + second.timerCount()).isZero();
  }

  @Test
  void shouldBeCongestedThenWritableWhenPeerIsNotStepped() throws Exception {
    Link link = open();
    while (!link.isCongested()) {
      link.send(LinkPeer.numbered(1, 2, 0));
    }
    second.turn();
    assertThat(client.events).doesNotContain("writable");
    runAll();
    assertThat(client.events).contains("writable");
    while (link.send(LinkPeer.numbered(1, 2, 0))) {
      second.turn();
    }
    runAll();
    assertThat(client.closed.get()).contains("peer takes no data");
    assertThat(server.closed.get()).contains("without a goodbye");
  }

  @Test
  void shouldBreakLinksWhenPeerIsKilledOrSayGoodbyeWhenClosed() throws Exception {
    open();
    first.kill();
    second.runUntilIdle();
    assertThat(client.closed.get()).contains("without a goodbye");
    assertThat(network.isListening(SOCKET)).isFalse();
    second.context().links().connect(SOCKET, LinkPeer.hello(2), client);
    second.runUntilIdle();
    assertThat(client.refused.get().getMessage()).contains(SOCKET.toString());

    ManualLoop<Runnable> third = start("third");
    third.context().links().listen(SOCKET, LinkPeer.accepting(1, server));
    Recorder other = new Recorder();
    second.context().links().connect(SOCKET, LinkPeer.hello(2), other);
    ManualLoop.runUntilIdle(List.of(second, third));
    third.close();
    second.runUntilIdle();
    assertThat(other.closed.get()).isEqualTo("third has ended");
  }

  @Test
  void shouldGiveUpHandshakeWhenPeerIsNotStepped() throws Exception {
    first.context().links().listen(SOCKET, LinkPeer.accepting(1, server));
    second.context().links().connect(SOCKET, LinkPeer.hello(2), client);
    second.advance(limits.handshakeTimeoutNanos());
    assertThat(client.refused.get().getMessage()).contains("no answer to the handshake");
    runAll();
    // It finds the Hello and then the end, as on a socket.
    assertThat(server.events).containsExactly("open", "closed");
    assertThat(first.linkCount() + second.linkCount()).isZero();
  }

  @Test
  void shouldReachCallerWhenAgentThrows() {
    first.offer(() -> {
      throw new IllegalStateException("broken");
    });
    assertThatThrownBy(first::turn).hasMessage("broken");
  }

  private Link open() throws Exception {
    first.context().links().listen(SOCKET, LinkPeer.accepting(1, server));
    second.context().links().connect(SOCKET, LinkPeer.hello(2), client);
    assertThat(client.events).isEmpty();
    runAll();
    return client.opened.get();
  }

  private void runAll() {
    ManualLoop.runUntilIdle(List.of(first, second));
  }

  private ManualLoop<Runnable> start(String role) {
    return ManualLoop.start(new LinkPeer(role), clock, network, limits);
  }
}
