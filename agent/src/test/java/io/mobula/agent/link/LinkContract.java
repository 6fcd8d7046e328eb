package io.mobula.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.UnsafeByteOperations;
import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every kind of link must do. */
public abstract class LinkContract {
  protected static final long SERVER = 3L << 32;
  protected static final long CLIENT = (3L << 32) | 7;

  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int SECONDS = 20;
  private static final long SHORT_HANDSHAKE_NANOS = 300_000_000;
  private static final LinkLimits SMALL =
      new LinkLimits(256 << 10, 64 << 10, 8 << 20, 4 << 20, SHORT_HANDSHAKE_NANOS);

  private final LinkFixture fixture;
  private final LinkPeer serverPeer = new LinkPeer("server");
  private final LinkPeer clientPeer = new LinkPeer("client");
  private final Recorder server = new Recorder();
  private final Recorder client = new Recorder();
  private @Nullable AgentLoop<Runnable> serverLoop;
  private @Nullable AgentLoop<Runnable> clientLoop;
  private LinkLimits limits = LinkLimits.DEFAULT;

  /**
   * @param fixture a fresh one; closed after the test
   */
  protected LinkContract(LinkFixture fixture) {
    this.fixture = fixture;
  }

  @AfterEach
  void closeAll() throws Exception {
    fixture.close();
    for (AgentLoop<Runnable> loop : loops()) {
      loop.close();
      assertThat(loop.fatal()).isNull();
    }
  }

  @Test
  void shouldKnowEachOtherWhenHelloIsAccepted() throws Exception {
    open();
    Link accepted = server.opened.get();
    Link dialled = client.opened.get();
    assertThat(accepted.peer()).isEqualTo(CLIENT);
    assertThat(accepted.peerHello().getHostId()).isEqualTo("test-host");
    assertThat(accepted.peerHello().getPid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(accepted.peerHello().getProtocolVersion()).isEqualTo(ProtocolVersion.CURRENT);
    assertThat(dialled.peer()).isEqualTo(SERVER);
    assertThat(dialled.welcome().getAssigned()).isEqualTo(CLIENT);
    assertThat(dialled.welcome().getPid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(dialled.peerHello().getAddress()).isEqualTo(SERVER);
    assertThat(dialled.isOpen()).isTrue();
  }

  @Test
  void shouldKeepOrderWhenBothSidesSendRawAndParsed() throws Exception {
    open();
    int count = 20_000;
    onServer(() -> sendNumbered(server.opened.get(), SERVER, CLIENT, count));
    onClient(() -> sendNumbered(client.opened.get(), CLIENT, SERVER, count));
    await()
        .atMost(DEADLINE)
        .until(() -> server.packets.size() + client.packets.size() == 2 * count);
    for (Recorder side : List.of(server, client)) {
      for (int i = 0; i < count; i++) {
        assertThat(Packet.parseFrom(side.packets.get(i)).getCorrelation()).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void shouldDeliverWholeWhenPacketsAreLarge() throws Exception {
    open();
    int[] sizes = {0, 100, 65_500, 65_535, 65_536, 65_537, 200_000, 1, 2 << 20, 3, 16 << 20, 7};
    onClient(() -> {
      for (int size : sizes) {
        client.opened.get().send(sized(size));
        client.opened.get().sendRaw(sized(size).toByteArray());
      }
      return true;
    });
    await().atMost(DEADLINE).until(() -> server.packets.size() == 2 * sizes.length);
    for (int i = 0; i < sizes.length; i++) {
      byte[] expected = sized(sizes[i]).toByteArray();
      // Not by AssertJ's own comparison, which looks at the bytes by reflection.
      assertThat(Arrays.equals(server.packets.get(2 * i), expected)).isTrue();
      assertThat(Arrays.equals(server.packets.get(2 * i + 1), expected)).isTrue();
    }
  }

  @Test
  void shouldTellFailureWhenGreeterRefuses() throws Exception {
    Failure failure =
        Failure.newBuilder().setKind(FailureKind.INVALID).setMessage("not today").build();
    dial(listen(hello -> new Greeter.Answer.Refused(failure)));
    assertThat(client.refused.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(failure);
    assertThat(client.events).containsExactly("refused");
  }

  @Test
  void shouldRefuseNamingBothWhenProtocolVersionsDiffer() throws Exception {
    assumeTrue(fixture.isBetweenProcesses());
    String address = listen(LinkPeer.accepting(SERVER, server));
    Hello hello =
        LinkPeer.hello(CLIENT).toBuilder()
            .setProtocolVersion(99)
            .setSoftwareVersion("9.9.9")
            .build();
    byte[] answer =
        fixture.exchange(
            address,
            Packet.newBuilder().setFrom(CLIENT).setTo(0).setHello(hello).build().toByteArray());
    Failure failure = Packet.parseFrom(Objects.requireNonNull(answer)).getRefusal().getFailure();
    assertThat(failure.getKind()).isEqualTo(FailureKind.PROTOCOL_VERSION);
    assertThat(failure.getMessage())
        .contains(
            "mine=" + ProtocolVersion.CURRENT + " (", "peer's=99 (Mobula 9.9.9)", "same Mobula");
    assertThat(server.events).isEmpty();
  }

  @Test
  void shouldCloseThatLinkAloneWhenGreetingIsMalformed() throws Exception {
    assumeTrue(fixture.isBetweenProcesses());
    String address = listen(LinkPeer.accepting(SERVER, server));
    byte[] notAPacket = new byte[40];
    assertThat(fixture.exchange(address, notAPacket)).isNull();
    byte[] notAHello = sized(3).toByteArray();
    assertThat(fixture.exchange(address, notAHello)).isNull();
    assertThat(server.events).isEmpty();
    dial(address);
    assertThat(client.opened.get(SECONDS, TimeUnit.SECONDS).isOpen()).isTrue();
  }

  @Test
  void shouldNameAddressWhenNobodyIsThere() throws Exception {
    String address = fixture.nowhere();
    dial(address);
    Failure failure = client.refused.get(SECONDS, TimeUnit.SECONDS);
    assertThat(failure.getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(failure.getMessage()).contains(address);
  }

  @Test
  void shouldGiveUpWhenHandshakeIsNotAnswered() throws Exception {
    limits = SMALL;
    dial(fixture.silent());
    Failure failure = client.refused.get(SECONDS, TimeUnit.SECONDS);
    assertThat(failure.getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(failure.getMessage()).contains("no answer to the handshake", "waitedMillis=300");
  }

  @Test
  void shouldDeliverRestThenReasonWhenEitherSideCloses() throws Exception {
    open();
    onClient(() -> {
      Link link = client.opened.get();
      sendNumbered(link, CLIENT, SERVER, 100);
      link.close("enough");
      link.close("again");
      assertThat(link.isOpen()).isFalse();
      assertThat(link.send(LinkPeer.numbered(CLIENT, SERVER, 1))).isFalse();
      return true;
    });
    assertThat(server.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("enough");
    assertThat(server.packets).hasSize(100);
    assertThat(client.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("enough");
    assertThat(client.events).containsExactly("open", "closed");
    assertThat(server.events).containsExactly("open", "closed");
  }

  @Test
  void shouldTellReasonWhenAcceptingSideCloses() throws Exception {
    open();
    onServer(() -> {
      server.opened.get().close("no more");
      return true;
    });
    assertThat(client.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("no more");
    assertThat(server.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("no more");
  }

  @Test
  void shouldBeCongestedThenWritableWhenPeerIsSlow() throws Exception {
    limits = SMALL;
    open();
    AtomicLong received = new AtomicLong();
    server.listening(packet -> received.incrementAndGet());
    CountDownLatch slow = new CountDownLatch(1);
    serverLoop().offer(() -> awaitQuietly(slow));
    byte[] packet = sized(10_000).toByteArray();
    AtomicLong sent = new AtomicLong();
    // A socket or stream may take some megabytes in several turns before its peer's silence shows.
    await()
        .atMost(DEADLINE)
        .until(() ->
            onClient(() -> {
              Link link = client.opened.get();
              for (int i = 0; i < 50 && !link.isCongested(); i++) {
                link.sendRaw(packet);
                sent.incrementAndGet();
              }
              return link.isCongested() && client.events.size() == 1;
            }));
    slow.countDown();
    await().atMost(DEADLINE).until(() -> client.events.contains("writable"));
    await().atMost(DEADLINE).until(() -> received.get() == sent.get());
    assertThat(onClient(() -> client.opened.get().isCongested())).isFalse();
  }

  @Test
  void shouldCloseSayingSoWhenPeerTakesNothing() throws Exception {
    limits = SMALL;
    open();
    CountDownLatch slow = new CountDownLatch(1);
    serverLoop().offer(() -> awaitQuietly(slow));
    byte[] packet = sized(100_000).toByteArray();
    await()
        .atMost(DEADLINE)
        .until(() ->
            onClient(() -> {
              boolean isTaken = true;
              for (int i = 0; i < 10 && isTaken; i++) {
                isTaken = client.opened.get().sendRaw(packet);
              }
              return !isTaken;
            }));
    String reason = client.closed.get(SECONDS, TimeUnit.SECONDS);
    assertThat(reason).contains("peer takes no data", "maxUnsentBytes=8388608");
    slow.countDown();
    assertThat(server.closed.get(SECONDS, TimeUnit.SECONDS)).isNotEmpty();
  }

  @Test
  void shouldRejectWhenPacketIsTooLargeOrUnaddressed() throws Exception {
    limits = SMALL;
    open();
    byte[] large = sized(5 << 20).toByteArray();
    onClient(() -> {
      Link link = client.opened.get();
      assertThatThrownBy(() -> link.sendRaw(large)).hasMessageContaining("maxPacketBytes=");
      assertThatThrownBy(() -> link.send(Packet.getDefaultInstance()))
          .hasMessageContaining("from or to");
      assertThatThrownBy(() -> link.sendRaw(new byte[20])).hasMessageContaining("malformed");
      return true;
    });
  }

  @Test
  void shouldMeetLossWhenPeerIsKilled() throws Exception {
    assumeTrue(fixture.isBetweenProcesses());
    String address = listen(LinkPeer.accepting(SERVER, server));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(fixture.child(address));
    Process child =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .directory(new File(System.getProperty("java.io.tmpdir")))
            .start();
    try (BufferedReader lines = child.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("open");
      server.opened.get(SECONDS, TimeUnit.SECONDS);
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertThat(server.closed.get(SECONDS, TimeUnit.SECONDS)).contains("connection");
    assertThat(server.events).containsExactly("open", "closed");
  }

  @Test
  void shouldMoveManySmallPacketsWhenGathered() throws Exception {
    open();
    int count = 500_000;
    CountDownLatch all = new CountDownLatch(count);
    server.listening(packet -> all.countDown());
    byte[] packet = LinkPeer.numbered(CLIENT, SERVER, 1).toByteArray();
    long start = System.nanoTime();
    AtomicLong left = new AtomicLong(count);
    while (left.get() > 0) {
      onClient(() -> {
        Link link = client.opened.get();
        for (int i = 0; i < 10_000 && left.get() > 0 && !link.isCongested(); i++) {
          link.sendRaw(packet);
          left.decrementAndGet();
        }
        return true;
      });
    }
    assertThat(all.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    System.out.printf(
        "%s: %.2fM small packets/s, first run%n",
        getClass().getSimpleName(), count * 1e3 / (System.nanoTime() - start));
  }

  private void open() throws Exception {
    dial(listen(LinkPeer.accepting(SERVER, server)));
    server.opened.get(SECONDS, TimeUnit.SECONDS);
    client.opened.get(SECONDS, TimeUnit.SECONDS);
  }

  private String listen(Greeter greeter) throws Exception {
    return onServer(() -> fixture.listen(serverPeer.context.get(), limits, greeter));
  }

  private void dial(String address) throws Exception {
    onClient(() -> {
      fixture.dial(clientPeer.context.get(), limits, address, LinkPeer.hello(CLIENT), client);
      assertThat(client.events).as("no event before connect returns").isEmpty();
      return true;
    });
  }

  private AgentLoop<Runnable> serverLoop() {
    if (serverLoop == null) {
      serverLoop =
          AgentLoop.start(
              serverPeer, LoopConfig.defaults().withLimits(limits).withNetwork(fixture.network()));
    }
    return serverLoop;
  }

  private AgentLoop<Runnable> clientLoop() {
    if (clientLoop == null) {
      clientLoop =
          AgentLoop.start(
              clientPeer, LoopConfig.defaults().withLimits(limits).withNetwork(fixture.network()));
    }
    return clientLoop;
  }

  private List<AgentLoop<Runnable>> loops() {
    return Stream.of(clientLoop, serverLoop)
        .<AgentLoop<Runnable>>mapMulti((loop, next) -> {
          if (loop != null) {
            next.accept(loop);
          }
        })
        .toList();
  }

  private <T> T onServer(Callable<T> action) throws Exception {
    return on(serverLoop(), action);
  }

  private <T> T onClient(Callable<T> action) throws Exception {
    return on(clientLoop(), action);
  }

  private static <T> T on(AgentLoop<Runnable> loop, Callable<T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.offer(() -> {
      try {
        result.complete(action.call());
      } catch (Throwable t) {
        result.completeExceptionally(t);
      }
    });
    return result.get(SECONDS, TimeUnit.SECONDS);
  }

  private static boolean sendNumbered(Link link, long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      Packet packet = LinkPeer.numbered(from, to, i);
      boolean isSent = i % 2 == 0 ? link.send(packet) : link.sendRaw(packet.toByteArray());
      assertThat(isSent).isTrue();
    }
    return true;
  }

  private static Packet sized(int bodyBytes) {
    return Packet.newBuilder()
        .setFrom(CLIENT)
        .setTo(SERVER)
        .setObjectValue(
            ObjectValue.newBuilder()
                .setValue(
                    EncodedValue.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(new byte[bodyBytes]))))
        .build();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(2 * SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
