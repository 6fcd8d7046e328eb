package io.mobula.rpc;

import io.grpc.MethodDescriptor;
import io.mobula.agent.link.LinkLimits;
import io.mobula.rpc.proto.LinkServiceGrpc;

/** The one method of the service, with frames instead of message objects. */
final class LinkMethod {
  static final MethodDescriptor<PacketFrame, PacketFrame> CONNECT =
      LinkServiceGrpc.getConnectMethod().toBuilder(PacketFrame.MARSHALLER, PacketFrame.MARSHALLER)
          .build();

  private LinkMethod() {}

  /** The largest frame: one packet of the largest size, or several small ones. */
  static int maxFrameBytes(LinkLimits limits) {
    return Math.addExact(limits.maxPacketBytes(), PacketFrame.MAX_BYTES);
  }
}
