package io.mobula.rpc;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.LinkFixture;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Hello;
import io.mobula.rpc.proto.LinkFrame;
import io.mobula.rpc.proto.LinkServiceGrpc;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** gRPC links, over TCP or a Unix socket. */
final class GrpcFixture implements LinkFixture {
  static final String SECRET = "0123456789abcdef";

  private final boolean isTcp;
  private final Path folder;
  private final RpcThread thread = RpcThread.start("test-rpc");
  private final ArrayDeque<Closing> closing = new ArrayDeque<>();
  private @Nullable GrpcDialer dialer;
  private int socketCount;

  GrpcFixture(boolean isTcp) {
    this.isTcp = isTcp;
    try {
      folder = Files.createTempDirectory("mobula-rpc");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String listen(LoopContext loop, LinkLimits limits, Greeter greeter) throws IOException {
    Path socket = isTcp ? null : socket();
    GrpcServer server =
        GrpcServer.start(
            thread,
            new GrpcServerConfig("127.0.0.1", 0, socket, SECRET, limits),
            loop.executor(),
            greeter);
    closing.push(server::close);
    return socket == null ? "127.0.0.1:" + server.port() : socket.toString();
  }

  @Override
  public void dial(
      LoopContext loop, LinkLimits limits, String address, Hello hello, DialHandler handler) {
    GrpcDialer current = dialer;
    if (current == null) {
      current = new GrpcDialer(thread, limits);
      dialer = current;
      closing.push(current::close);
    }
    current.connect(address, SECRET, hello, handler, loop.executor());
  }

  @Override
  public String nowhere() throws IOException {
    if (!isTcp) {
      return socket().toString();
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  @Override
  public String silent() throws IOException {
    if (isTcp) {
      ServerSocket socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
      closing.push(socket::close);
      return "127.0.0.1:" + socket.getLocalPort();
    }
    Path path = socket();
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(path));
    closing.push(channel::close);
    return path.toString();
  }

  @Override
  public List<String> child(String address) {
    return List.of(GrpcChild.class.getName(), address);
  }

  /** Through the generated stub, as a client in another language would. */
  @Override
  public byte @Nullable [] exchange(String address, byte[] packet) throws Exception {
    ManagedChannel channel = channel(address);
    try {
      CompletableFuture<byte @Nullable []> first = new CompletableFuture<>();
      StreamObserver<LinkFrame> out =
          LinkServiceGrpc.newStub(channel)
              .withInterceptors(
                  MetadataUtils.newAttachHeadersInterceptor(Authentication.headers(SECRET)))
              .connect(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(LinkFrame frame) {
                      first.complete(frame.getPackets(0).toByteArray());
                    }

                    @Override
                    public void onError(Throwable t) {
                      first.complete(null);
                    }

                    @Override
                    public void onCompleted() {
                      first.complete(null);
                    }
                  });
      out.onNext(LinkFrame.newBuilder().addPackets(ByteString.copyFrom(packet)).build());
      return first.get(10, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** A plain channel to the address. */
  ManagedChannel channel(String address) {
    NettyChannelBuilder builder =
        isTcp
            ? NettyChannelBuilder.forAddress(
                    new InetSocketAddress(
                        InetAddress.getLoopbackAddress(),
                        Integer.parseInt(address.split(":", -1)[1])))
                .channelType(NioSocketChannel.class)
            : NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(address))
                .channelType(NioDomainSocketChannel.class);
    return builder
        .eventLoopGroup(thread.group())
        .overrideAuthority("test")
        .usePlaintext()
        .directExecutor()
        .build();
  }

  @Override
  public void close() throws IOException {
    while (!closing.isEmpty()) {
      closing.pop().close();
    }
    thread.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(folder);
  }

  private Path socket() {
    return folder.resolve(socketCount++ + ".sock");
  }

  private interface Closing {
    void close() throws IOException;
  }
}
