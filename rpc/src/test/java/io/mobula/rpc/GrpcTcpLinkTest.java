package io.mobula.rpc;

import io.mobula.agent.link.LinkContract;

/** The contract over gRPC on TCP. */
final class GrpcTcpLinkTest extends LinkContract {
  GrpcTcpLinkTest() {
    super(new GrpcFixture(true));
  }
}
