package io.mobula.rpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.SocketPath;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.Uninterrupted;
import io.mobula.rpc.proto.LinkServiceGrpc;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Accepts links over gRPC, on a TCP port and perhaps a Unix socket too, for one loop. Every call on
 * every port must carry the secret.
 *
 * <p>Connections that make no such call are bounded in number and time ({@link Strangers}). The
 * keepalive closes those whose peer is gone.
 *
 * <p>Any thread may start and close it; the greeter and the links' handlers run on the loop.
 */
public final class GrpcServer implements AutoCloseable {
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
  private static final long CALLER_KEEPALIVE_MIN_SECONDS = 1;
  private static final long CLOSE_TIMEOUT_MILLIS = 1_000;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private final LinkCallHandler handler;
  private final List<Server> servers = new ArrayList<>();
  private final @Nullable Path socket;
  private final InetSocketAddress address;

  private GrpcServer(RpcThread thread, GrpcServerConfig config, LoopExecutor loop, Greeter greeter)
      throws IOException {
    this.handler = new LinkCallHandler(thread, config.limits(), loop, greeter);
    try {
      InetSocketAddress wanted =
          new InetSocketAddress(InetAddress.getByName(config.host()), config.port());
      Server tcp = build(thread, config, wanted, NioServerSocketChannel::new).build().start();
      servers.add(tcp);
      this.address = new InetSocketAddress(wanted.getAddress(), tcp.getPort());
    } catch (IOException e) {
      throw new IOException(
          "can't listen, the port is taken or the host is not an address of this machine: host="
              + config.host()
              + ", port="
              + config.port()
              + "; end what listens there, or choose another port (0 for any free one)",
          e);
    }
    this.socket = config.socket();
    if (socket != null) {
      try {
        SocketPath.prepare(socket);
        servers.add(
            build(
                    thread,
                    config,
                    UnixDomainSocketAddress.of(socket),
                    NioServerDomainSocketChannel::new)
                .build()
                .start());
        SocketPath.restrict(socket);
      } catch (IOException e) {
        close();
        throw new IOException("can't listen: path=" + socket + ", " + e.getMessage(), e);
      }
    }
  }

  /**
   * Listens.
   *
   * @param loop where the links live
   * @throws IOException if an address is taken; the message names it and says what to do
   */
  public static GrpcServer start(
      RpcThread thread, GrpcServerConfig config, LoopExecutor loop, Greeter greeter)
      throws IOException {
    return new GrpcServer(thread, config, loop, greeter);
  }

  /** The TCP port, also when any was asked for. */
  public int port() {
    return address.getPort();
  }

  /** The TCP address that it listens on. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Stops listening and closes every link with a goodbye; waits a moment for callers to read it.
   * Not on the loop's thread, which must be free to close its links. Idempotent.
   */
  @Override
  public void close() {
    servers.forEach(Server::shutdown);
    handler.closeLinks("the server has ended");
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MILLIS);
    for (Server server : servers) {
      if (!isTerminated(server, end - System.nanoTime())) {
        server.shutdownNow();
        isTerminated(server, TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MILLIS));
      }
    }
    deleteSocket();
  }

  private static boolean isTerminated(Server server, long nanos) {
    return Uninterrupted.await(
        rest -> server.awaitTermination(rest, TimeUnit.NANOSECONDS), Duration.ofNanos(nanos));
  }

  private void deleteSocket() {
    if (socket != null) {
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        System.getLogger(GrpcServer.class.getName())
            .log(System.Logger.Level.WARNING, "socket file not deleted: path=" + socket, e);
      }
    }
  }

  private NettyServerBuilder build(
      RpcThread thread,
      GrpcServerConfig config,
      SocketAddress bound,
      ChannelFactory<? extends ServerChannel> channels) {
    Strangers strangers = new Strangers(Strangers.COUNT_MAX, Strangers.LIFE_NANOS);
    return NettyServerBuilder.forAddress(bound)
        .channelFactory(() -> {
          ServerChannel channel = channels.newChannel();
          channel.pipeline().addLast(strangers);
          return channel;
        })
        .bossEventLoopGroup(thread.group())
        .workerEventLoopGroup(thread.group())
        .directExecutor()
        .addService(
            ServerServiceDefinition.builder(LinkServiceGrpc.SERVICE_NAME)
                .addMethod(LinkMethod.CONNECT, handler)
                .build())
        .fallbackHandlerRegistry(new UnknownMethods())
        .intercept(new Authentication(config.secret(), strangers::proved))
        .maxInboundMessageSize(LinkMethod.maxFrameBytes(config.limits()))
        .maxInboundMetadataSize(MAX_HEADER_BYTES)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(CALLER_KEEPALIVE_MIN_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }
}
