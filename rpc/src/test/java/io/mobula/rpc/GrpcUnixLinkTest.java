package io.mobula.rpc;

import io.mobula.agent.link.LinkContract;

/** The contract over gRPC on a Unix socket. */
final class GrpcUnixLinkTest extends LinkContract {
  GrpcUnixLinkTest() {
    super(new GrpcFixture(false));
  }
}
