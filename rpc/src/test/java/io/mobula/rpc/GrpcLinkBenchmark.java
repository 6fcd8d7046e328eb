package io.mobula.rpc;

import io.mobula.agent.link.LinkBenchmark;
import io.mobula.agent.link.LinkFixture;
import io.mobula.agent.loop.LoopConfig;

/** Figures of gRPC links, printed; run by hand. */
final class GrpcLinkBenchmark {
  private GrpcLinkBenchmark() {}

  public static void main(String[] args) throws Exception {
    for (boolean isTcp : new boolean[] {true, false}) {
      System.out.println(isTcp ? "gRPC over TCP" : "gRPC over a Unix socket");
      try (LinkFixture fixture = new GrpcFixture(isTcp)) {
        LinkBenchmark.run(fixture, LoopConfig.defaults());
      }
    }
  }
}
