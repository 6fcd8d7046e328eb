package io.mobula.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is the Unix sockets' own: their files, and bytes that are no frames. */
final class UnixLinksTest {
  private static final int SECONDS = 20;

  private final LinkPeer peer = new LinkPeer("node-1");
  private final AgentLoop<Runnable> loop = AgentLoop.start(peer, LoopConfig.defaults());
  private final Recorder server = new Recorder();
  private final Recorder client = new Recorder();

  @TempDir private Path folder;

  @AfterEach
  void closeLoop() {
    loop.close();
    assertThat(loop.fatal()).isNull();
  }

  @Test
  void shouldMakeSocketPrivateAndDeleteItWhenLoopEnds() throws Exception {
    Path socket = folder.resolve("s.sock");
    assertThat(listen(socket)).isNull();
    assertThat(Files.getPosixFilePermissions(socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    loop.close();
    assertThat(socket).doesNotExist();
  }

  @Test
  void shouldReplaceSocketWhenItsProcessIsGone() throws Exception {
    Path socket = folder.resolve("s.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    connect(socket);
    Failure failure = client.refused.get(SECONDS, TimeUnit.SECONDS);
    assertThat(failure.getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(failure.getMessage()).contains("nobody listens", socket.toString());
    assertThat(listen(socket)).isNull();
    Recorder second = new Recorder();
    loop.offer(() -> peer.context.join().links().connect(socket, LinkPeer.hello(1), second));
    assertThat(second.opened.get(SECONDS, TimeUnit.SECONDS).isOpen()).isTrue();
  }

  @Test
  void shouldLeaveAloneWhenPathIsTaken() throws Exception {
    Path socket = folder.resolve("s.sock");
    assertThat(listen(socket)).isNull();
    assertThat(listen(socket)).isInstanceOf(IOException.class).hasMessageContaining("living");
    Path file = Files.writeString(folder.resolve("file"), "precious");
    assertThat(listen(file)).hasMessageContaining("not a socket").hasMessageContaining("file");
    assertThat(file).hasContent("precious");
  }

  @Test
  void shouldNameLimitAndRemedyWhenPathIsTooLong() throws Exception {
    Path socket = folder.resolve("x".repeat(104) + ".sock");
    assertThat(listen(socket))
        .hasMessageContaining("max=103")
        .hasMessageContaining("104 to 108")
        .hasMessageContaining("TMPDIR");
    connect(socket);
    Failure failure = client.refused.get(SECONDS, TimeUnit.SECONDS);
    assertThat(failure.getKind()).isEqualTo(FailureKind.INVALID);
    assertThat(failure.getMessage()).contains("TMPDIR");
  }

  @Test
  void shouldDeliverWholeWhenBytesTrickleIn() throws Exception {
    Path socket = folder.resolve("s.sock");
    assertThat(listen(socket)).isNull();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer bytes = hello();
      put(bytes, LinkPeer.numbered(1, 2, 0).toByteArray());
      put(bytes, LinkPeer.numbered(1, 2, 1).toByteArray());
      bytes.flip();
      while (bytes.hasRemaining()) {
        channel.write(bytes.slice(bytes.position(), 1));
        bytes.position(bytes.position() + 1);
      }
      await().atMost(Duration.ofSeconds(SECONDS)).until(() -> server.packets.size() == 2);
      assertThat(Packet.parseFrom(server.packets.get(1)).getCorrelation()).isEqualTo(2);
    }
    // With the welcome unread, the end is a reset.
    assertThat(server.closed.get(SECONDS, TimeUnit.SECONDS)).contains("connection");
  }

  @Test
  void shouldCloseThatLinkAloneWhenLengthIsImpossible() throws Exception {
    Path socket = folder.resolve("s.sock");
    assertThat(listen(socket)).isNull();
    for (int length : new int[] {-1, 3, Integer.MAX_VALUE}) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        ByteBuffer bytes = hello().putInt(length).putInt(0).flip();
        channel.write(bytes);
        ByteBuffer answer = ByteBuffer.allocate(8192);
        while (channel.read(answer) >= 0) {
          assertThat(answer.hasRemaining()).isTrue();
        }
        assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8))
            .contains("malformed packet: sizeBytes=" + Integer.toUnsignedString(length));
      }
    }
    connect(socket);
    assertThat(client.opened.get(SECONDS, TimeUnit.SECONDS).isOpen()).isTrue();
  }

  @Test
  void shouldSayGoodbyeWhenLoopEnds() throws Exception {
    Path socket = folder.resolve("s.sock");
    assertThat(listen(socket)).isNull();
    LinkPeer other = new LinkPeer("other");
    try (AgentLoop<Runnable> dialling = AgentLoop.start(other, LoopConfig.defaults())) {
      dialling.offer(() -> other.context.join().links().connect(socket, LinkPeer.hello(1), client));
      client.opened.get(SECONDS, TimeUnit.SECONDS);
      loop.close();
      assertThat(client.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("node-1 has ended");
      assertThat(server.events).containsExactly("open");
    }
  }

  private static ByteBuffer hello() {
    ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    put(
        bytes,
        Packet.newBuilder()
            .setFrom(1)
            .setTo(0)
            .setHello(LinkPeer.hello(1).toBuilder().setProtocolVersion(ProtocolVersion.CURRENT))
            .build()
            .toByteArray());
    return bytes;
  }

  private static void put(ByteBuffer bytes, byte[] packet) {
    bytes.putInt(packet.length).put(packet);
  }

  private void connect(Path socket) {
    loop.offer(() -> peer.context.join().links().connect(socket, LinkPeer.hello(1), client));
  }

  /** What went wrong, or null. */
  private @Nullable IOException listen(Path socket) throws Exception {
    CompletableFuture<@Nullable IOException> result = new CompletableFuture<>();
    loop.offer(() -> {
      try {
        peer.context.join().links().listen(socket, LinkPeer.accepting(2, server));
        result.complete(null);
      } catch (IOException e) {
        result.complete(e);
      }
    });
    return result.get(SECONDS, TimeUnit.SECONDS);
  }
}
