package io.mobula.rpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.LinkPeer;
import io.mobula.agent.link.LinkPeer.Recorder;
import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.loop.LoopConfig;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.rpc.proto.LinkFrame;
import io.mobula.rpc.proto.LinkServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is gRPC's own: the secret, the ports, and what else may listen there. */
final class GrpcServerTest {
  private static final long SERVER = 5L << 32;
  private static final int SECONDS = 20;
  private static final String SECRET = "right";

  private final Set<Thread> threadsBefore = Set.copyOf(Thread.getAllStackTraces().keySet());
  private final RpcThread thread = RpcThread.start("test-rpc");
  private final GrpcDialer dialer = new GrpcDialer(thread, LinkLimits.DEFAULT);
  private final Recorder server = new Recorder();
  private final Recorder client = new Recorder();
  private final AgentLoop<Runnable> loop =
      AgentLoop.start(new LinkPeer("loop"), LoopConfig.defaults());

  @TempDir private Path folder;

  @AfterEach
  void closeAll() {
    dialer.close();
    loop.close();
    thread.close();
    assertThat(loop.fatal()).isNull();
  }

  @Test
  void shouldRefuseWithFixWhenSecretIsWrong() throws Exception {
    Path socket = folder.resolve("rpc.sock");
    try (GrpcServer listening = start(0, socket)) {
      for (String target : new String[] {"localhost:" + listening.port(), socket.toString()}) {
        Recorder refused = new Recorder();
        dialer.connect(target, "wrong", LinkPeer.hello(1), refused, loop.executor());
        Failure failure = refused.refused.get(SECONDS, TimeUnit.SECONDS);
        assertThat(failure.getKind()).isEqualTo(FailureKind.UNAUTHENTICATED);
        assertThat(failure.getMessage()).contains(target, "--token", "MOBULA_TOKEN", "token file");
        assertThat(failure.getMessage()).doesNotContain(SECRET);
      }
      assertThat(server.events).isEmpty();
    }
  }

  @Test
  void shouldTellNothingWithoutSecretWhenMethodIsUnknown() throws Exception {
    GrpcFixture fixture = new GrpcFixture(true);
    try (GrpcServer listening = start(0, null)) {
      ManagedChannel channel = fixture.channel("x:" + listening.port());
      try {
        assertThat(call(channel, "io.mobula.rpc.Nothing/Such", new Metadata()))
            .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(call(channel, LinkServiceGrpc.SERVICE_NAME + "/Connect", new Metadata()))
            .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(call(channel, "io.mobula.rpc.Nothing/Such", Authentication.headers(SECRET)))
            .isEqualTo(Status.Code.UNIMPLEMENTED);
      } finally {
        channel.shutdownNow().awaitTermination(SECONDS, TimeUnit.SECONDS);
      }
    } finally {
      fixture.close();
    }
  }

  @Test
  void shouldServePeersAndEndStrangersWhenHundredsConnectAndProveNothing() throws Exception {
    Path socket = folder.resolve("rpc.sock");
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1);
    List<SocketChannel> strangers = new ArrayList<>();
    try (GrpcServer listening = start(0, socket)) {
      for (int i = 0; i < 600; i++) {
        SocketAddress address =
            i % 2 == 0
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.port())
                : UnixDomainSocketAddress.of(socket);
        SocketChannel stranger = SocketChannel.open(address);
        if (i % 3 == 0) {
          stranger.write(ByteBuffer.wrap(preface));
        }
        strangers.add(stranger);
      }
      for (String target : List.of("127.0.0.1:" + listening.port(), socket.toString())) {
        Recorder peer = new Recorder();
        dialer.connect(target, SECRET, LinkPeer.hello(1), peer, loop.executor());
        assertThat(peer.opened.get(SECONDS, TimeUnit.SECONDS).peer()).isEqualTo(SERVER);
        // It outlives the time that strangers have.
        for (SocketChannel stranger : strangers) {
          readToEnd(stranger);
        }
        assertThat(peer.closed).isNotDone();
      }
    } finally {
      for (SocketChannel stranger : strangers) {
        stranger.close();
      }
    }
  }

  /** Blocks until the other side closes. */
  private static void readToEnd(SocketChannel stranger) {
    ByteBuffer bytes = ByteBuffer.allocate(256);
    try {
      while (stranger.read(bytes.clear()) >= 0) {
        // What a server says to anybody.
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void shouldNamePortAndFixWhenPortIsTaken() throws Exception {
    try (GrpcServer first = start(0, null)) {
      assertThatThrownBy(() -> start(first.port(), null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port=" + first.port())
          .hasMessageContaining("another port");
    }
  }

  @Test
  void shouldKeepSocketPrivateAndReplaceStaleOneWhenListening() throws Exception {
    Path socket = folder.resolve("rpc.sock");
    try (GrpcServer first = start(0, socket)) {
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(() -> start(0, socket)).hasMessageContaining("living process");
      assertThat(first.port()).isPositive();
    }
    assertThat(socket).doesNotExist();
    try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (GrpcServer second = start(0, socket)) {
      dialer.connect(socket.toString(), SECRET, LinkPeer.hello(1), client, loop.executor());
      assertThat(client.opened.get(SECONDS, TimeUnit.SECONDS).peer()).isEqualTo(SERVER);
      assertThat(second.address().getPort()).isPositive();
    }
  }

  @Test
  void shouldTellBothSidesWhenServerCloses() throws Exception {
    GrpcServer listening = start(0, null);
    String target = "127.0.0.1:" + listening.port();
    dialer.connect(target, SECRET, LinkPeer.hello(1), client, loop.executor());
    client.opened.get(SECONDS, TimeUnit.SECONDS);
    server.opened.get(SECONDS, TimeUnit.SECONDS);
    listening.close();
    assertThat(client.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("the server has ended");
    assertThat(server.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("the server has ended");
  }

  @Test
  void shouldSayGoodbyeWhenServerClosesAfterItsLoop() throws Exception {
    AgentLoop<Runnable> serving = AgentLoop.start(new LinkPeer("serving"), LoopConfig.defaults());
    GrpcServer listening =
        GrpcServer.start(
            thread,
            new GrpcServerConfig("127.0.0.1", 0, null, SECRET, LinkLimits.DEFAULT),
            serving.executor(),
            LinkPeer.accepting(SERVER, server));
    String target = "127.0.0.1:" + listening.port();
    dialer.connect(target, SECRET, LinkPeer.hello(1), client, loop.executor());
    client.opened.get(SECONDS, TimeUnit.SECONDS);
    serving.close();
    listening.close();
    assertThat(client.closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("the server has ended");
  }

  @Test
  void shouldSaySoWhenSomethingElseListens() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread answering = Thread.ofVirtual().start(() -> answerAsWebServer(web));
      String target = "127.0.0.1:" + web.getLocalPort();
      dialer.connect(target, SECRET, LinkPeer.hello(1), client, loop.executor());
      Failure failure = client.refused.get(SECONDS, TimeUnit.SECONDS);
      assertThat(failure.getKind()).isEqualTo(FailureKind.INVALID);
      assertThat(failure.getMessage()).contains(target, "does not speak gRPC");
      answering.join();
    }
  }

  @Test
  void shouldSayWhatIsWrongWhenTargetIsMalformedOrUnknown() throws Exception {
    for (String target : new String[] {"nonsense", "host:", "host:99999", ":80", "a:b:1"}) {
      Recorder refused = new Recorder();
      dialer.connect(target, SECRET, LinkPeer.hello(1), refused, loop.executor());
      Failure failure = refused.refused.get(SECONDS, TimeUnit.SECONDS);
      assertThat(failure.getKind()).isEqualTo(FailureKind.INVALID);
      assertThat(failure.getMessage()).contains("expected host:port", "address=" + target);
    }
    dialer.connect("no-such-host.invalid:1", SECRET, LinkPeer.hello(1), client, loop.executor());
    Failure failure = client.refused.get(SECONDS, TimeUnit.SECONDS);
    assertThat(failure.getKind()).isEqualTo(FailureKind.CLUSTER_LOST);
    assertThat(failure.getMessage()).contains("unknown host", "no-such-host.invalid:1");
  }

  @Test
  void shouldLeaveNoThreadWhenClosed() throws Exception {
    GrpcServer listening = start(0, null);
    String target = "127.0.0.1:" + listening.port();
    dialer.connect(target, SECRET, LinkPeer.hello(1), client, loop.executor());
    client.opened.get(SECONDS, TimeUnit.SECONDS);
    listening.close();
    dialer.close();
    loop.close();
    thread.close();
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .untilAsserted(() -> assertThat(newThreads()).isEmpty());
  }

  @Test
  void shouldNotKeepTheProcessRunningWhenClosed() throws Exception {
    GrpcServer listening = start(0, null);
    String target = "127.0.0.1:" + listening.port();
    dialer.connect(target, SECRET, LinkPeer.hello(1), client, loop.executor());
    client.opened.get(SECONDS, TimeUnit.SECONDS);
    listening.close();
    dialer.close();
    loop.close();
    thread.close();
    // Not only this test's: Netty has one such thread for the whole process.
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(candidate -> !candidate.isDaemon())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("globalEventExecutor"));
  }

  private Set<String> newThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(candidate -> !threadsBefore.contains(candidate) && !isOfJdk(candidate))
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  /** Carriers of virtual threads, Awaitility's and JUnit's timeouts. */
  private static boolean isOfJdk(Thread candidate) {
    String name = candidate.getName();
    return name.startsWith("ForkJoinPool")
        || name.startsWith("VirtualThread")
        || name.startsWith("awaitility")
        || name.startsWith("junit");
  }

  private GrpcServer start(int port, @Nullable Path socket) throws IOException {
    return GrpcServer.start(
        thread,
        new GrpcServerConfig("127.0.0.1", port, socket, SECRET, LinkLimits.DEFAULT),
        loop.executor(),
        LinkPeer.accepting(SERVER, server));
  }

  private static Status.Code call(ManagedChannel channel, String method, Metadata headers) {
    MethodDescriptor<LinkFrame, LinkFrame> descriptor =
        MethodDescriptor.<LinkFrame, LinkFrame>newBuilder(
                ProtoUtils.marshaller(LinkFrame.getDefaultInstance()),
                ProtoUtils.marshaller(LinkFrame.getDefaultInstance()))
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .build();
    try {
      ClientCalls.blockingUnaryCall(
          ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
          descriptor,
          CallOptions.DEFAULT,
          LinkFrame.getDefaultInstance());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static void answerAsWebServer(ServerSocket web) {
    try (Socket accepted = web.accept()) {
      accepted
          .getOutputStream()
          .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      accepted.getOutputStream().flush();
      accepted.getInputStream().readAllBytes();
    } catch (IOException e) {
      // The client has hung up: what is to be seen is on its side.
      assertThat(e).isNotNull();
    }
  }
}
