package io.mobula.rpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.LinkContext;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.PacketLink;
import io.mobula.agent.link.SocketPath;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One dialled link and its connection. Owner thread: the loop's; the call's events come on Netty's
 * thread and are posted to the loop, in order.
 */
final class GrpcDial extends ClientCall.Listener<PacketFrame> implements StreamPort {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;

  private final RpcThread thread;
  private final LinkContext context;
  private final LoopExecutor loop;
  private final String target;
  private final String secret;
  private final Consumer<GrpcDial> onGone;
  private final StreamTransport transport;
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile @Nullable ManagedChannel channel;
  private volatile @Nullable ClientCall<PacketFrame, PacketFrame> call;

  /** Set on the loop; read by the closing thread once the loop has ended. */
  private volatile boolean isFinished;

  /**
   * @param onGone told when the link and its connection are no more, on the loop
   */
  GrpcDial(
      RpcThread thread,
      LinkContext context,
      LoopExecutor loop,
      String target,
      String secret,
      Consumer<GrpcDial> onGone) {
    this.thread = thread;
    this.context = context;
    this.loop = loop;
    this.target = target;
    this.secret = secret;
    this.onGone = onGone;
    this.transport = new StreamTransport(loop, context.limits(), this::gone);
  }

  void start(Hello hello, DialHandler handler) {
    PacketLink link = PacketLink.dialling(transport, context, "address=" + target, hello, handler);
    transport.start(link);
    RpcTarget parsed;
    try {
      parsed = RpcTarget.parse(target);
    } catch (IllegalArgumentException e) {
      fail(FailureKind.INVALID, String.valueOf(e.getMessage()));
      return;
    }
    String problem =
        parsed instanceof RpcTarget.Socket socket ? SocketPath.problem(socket.path()) : null;
    if (problem != null) {
      fail(FailureKind.INVALID, problem);
      return;
    }
    SocketAddress address = parsed.immediate();
    if (address != null) {
      open(address);
    } else {
      Thread.ofVirtual().name("resolve-" + target).start(() -> resolve(parsed));
    }
  }

  /** Ends it: with a goodbye if it is open. Any thread. */
  void close(String reason) {
    boolean isPosted =
        loop.post(() -> {
          if (transport.link().isOpen()) {
            transport.link().close(reason);
          } else {
            fail(FailureKind.CLUSTER_LOST, reason + ": address=" + target);
          }
        });
    ClientCall<PacketFrame, PacketFrame> current = call;
    if (!isPosted && current != null && !isFinished) {
      current.sendMessage(PacketFrame.goodbye(reason));
      current.halfClose();
    }
  }

  /** Waits until it is gone; then, or when the time is up, nothing is left of it. Any thread. */
  boolean awaitGone(long timeoutNanos) throws InterruptedException {
    boolean isGone = gone.await(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS);
    ManagedChannel current = channel;
    if (current != null) {
      current.shutdownNow();
      if (isGone) {
        current.awaitTermination(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS);
      }
    }
    return isGone;
  }

  @Override
  public void onMessage(PacketFrame frame) {
    loop.post(() -> transport.onFrame(frame));
  }

  @Override
  public void onReady() {
    loop.post(transport::onReady);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (!loop.post(() -> ended(status))) {
      gone.countDown();
    }
  }

  @Override
  public boolean isReady() {
    ClientCall<PacketFrame, PacketFrame> current = call;
    return current != null && current.isReady();
  }

  @Override
  public void send(PacketFrame frame) {
    opened().sendMessage(frame);
  }

  @Override
  public void request(int frameCount) {
    opened().request(frameCount);
  }

  @Override
  public void finish() {
    isFinished = true;
    opened().halfClose();
  }

  @Override
  public void abort() {
    opened().cancel("this side closed the link", null);
  }

  private void resolve(RpcTarget parsed) {
    try {
      SocketAddress address = parsed.resolve();
      loop.post(() -> open(address));
    } catch (UnknownHostException e) {
      loop.post(() -> ended(Status.UNAVAILABLE.withCause(e)));
    }
  }

  private void open(SocketAddress address) {
    if (transport.isClosed()) {
      return;
    }
    boolean isTcp = address instanceof InetSocketAddress;
    Class<? extends Channel> channelType =
        isTcp ? NioSocketChannel.class : NioDomainSocketChannel.class;
    LinkLimits limits = context.limits();
    ManagedChannel opened =
        NettyChannelBuilder.forAddress(address)
            .channelType(channelType)
            .eventLoopGroup(thread.group())
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .overrideAuthority("mobula")
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(LinkMethod.maxFrameBytes(limits))
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .build();
    channel = opened;
    ClientCall<PacketFrame, PacketFrame> started =
        opened.newCall(
            LinkMethod.CONNECT,
            CallOptions.DEFAULT.withOnReadyThreshold(StreamTransport.READY_THRESHOLD_BYTES));
    call = started;
    started.start(this, Authentication.headers(secret));
    transport.attach(this);
    transport.link().onConnected();
  }

  private void ended(Status status) {
    if (transport.link().isOpening()) {
      transport.onCallFailed(CallFailures.ofDial(target, status));
    } else {
      transport.onCallEnded(CallFailures.ofOpen(status));
    }
  }

  private void fail(FailureKind kind, String message) {
    transport.onCallFailed(CallFailures.failure(kind, message));
  }

  private void gone() {
    ManagedChannel current = channel;
    if (current != null) {
      current.shutdownNow();
    }
    gone.countDown();
    onGone.accept(this);
  }

  private ClientCall<PacketFrame, PacketFrame> opened() {
    return Objects.requireNonNull(call);
  }
}
