package io.mobula.rpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.LinkContext;
import io.mobula.agent.link.LinkIdentity;
import io.mobula.agent.link.LinkLimits;
import io.mobula.agent.link.PacketLink;
import io.mobula.agent.loop.LoopExecutor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns each call into a link on the loop. Runs on Netty's thread, where it only posts; {@link
 * #closeLinks} on any.
 */
final class LinkCallHandler implements ServerCallHandler<PacketFrame, PacketFrame> {
  private final LoopExecutor loop;
  private final LinkLimits limits;
  private final LinkContext context;
  private final Greeter greeter;

  /** The one structure here that several threads use: Netty's, the loop's and the closing one. */
  private final Set<Accepted> accepted = ConcurrentHashMap.newKeySet();

  LinkCallHandler(RpcThread thread, LinkLimits limits, LoopExecutor loop, Greeter greeter) {
    this.loop = loop;
    this.limits = limits;
    this.context =
        new LinkContext(new EventLoopTimers(thread, loop), limits, LinkIdentity.current());
    this.greeter = greeter;
  }

  @Override
  public ServerCall.Listener<PacketFrame> startCall(
      ServerCall<PacketFrame, PacketFrame> call, Metadata headers) {
    call.setOnReadyThreshold(StreamTransport.READY_THRESHOLD_BYTES);
    call.sendHeaders(new Metadata());
    Accepted link = new Accepted(call);
    accepted.add(link);
    if (!loop.post(link::start)) {
      accepted.remove(link);
      call.close(Status.UNAVAILABLE.withDescription("the daemon is ending"), new Metadata());
    }
    return link;
  }

  /** Says goodbye on every link: through its loop, or past it if the loop has ended. */
  void closeLinks(String reason) {
    for (Accepted link : accepted) {
      if (!loop.post(() -> link.transport.link().close(reason))) {
        link.sayGoodbye(reason);
      }
    }
  }

  /** One call: events come on Netty's thread and are posted to the loop, in order. */
  private final class Accepted extends ServerCall.Listener<PacketFrame> implements StreamPort {
    private final ServerCall<PacketFrame, PacketFrame> call;
    private final StreamTransport transport =
        new StreamTransport(loop, limits, () -> accepted.remove(this));
    private boolean isCallClosed;

    Accepted(ServerCall<PacketFrame, PacketFrame> call) {
      this.call = call;
    }

    void start() {
      String place = "from=" + call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      transport.start(PacketLink.accepting(transport, context, place, greeter));
      transport.attach(this);
    }

    void sayGoodbye(String reason) {
      call.sendMessage(PacketFrame.goodbye(reason));
      close(Status.OK);
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
    public void onHalfClose() {
      loop.post(transport::onHalfClosed);
    }

    @Override
    public void onCancel() {
      accepted.remove(this);
      loop.post(() -> transport.onCallEnded("connection lost: the peer or its network is gone"));
    }

    @Override
    public void onComplete() {
      accepted.remove(this);
      loop.post(() -> transport.onCallEnded("closed"));
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(PacketFrame frame) {
      call.sendMessage(frame);
    }

    @Override
    public void request(int frameCount) {
      call.request(frameCount);
    }

    @Override
    public void finish() {
      close(Status.OK);
    }

    @Override
    public void abort() {
      close(Status.CANCELLED.withDescription("the peer closed the link"));
    }

    private void close(Status status) {
      if (!isCallClosed) {
        isCallClosed = true;
        call.close(status, new Metadata());
      }
    }
  }
}
