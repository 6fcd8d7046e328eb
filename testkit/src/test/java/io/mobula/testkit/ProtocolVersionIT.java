package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.mobula.agent.link.ProtocolVersion;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.rpc.proto.LinkFrame;
import io.mobula.rpc.proto.LinkServiceGrpc;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A peer that speaks another version of the protocol, at every port of a cluster. */
final class ProtocolVersionIT {
  private static final int OTHER_VERSION = 99;
  private static final long PATIENCE_SECONDS = 30;

  @Test
  void shouldNameBothVersionsWhenAPeerSpeaksAnother() throws Exception {
    try (TestCluster cluster =
        TestCluster.start(
            ProtocolVersionIT.class,
            List.of("raylet.num-cpus=1", "raylet.object-store-memory=64m"))) {
      for (String address : List.of(cluster.address(), cluster.nodes().getFirst().rpcAddress())) {
        Failure failure = hello(address, cluster.secret());
        assertThat(failure.getKind()).isEqualTo(FailureKind.PROTOCOL_VERSION);
        assertThat(failure.getMessage())
            .contains("mine=" + ProtocolVersion.CURRENT + " ")
            .contains("peer's=" + OTHER_VERSION)
            .contains("9.9.9");
      }
      assertThat(cluster.status().nodes()).hasSize(1);
    }
  }

  private static Failure hello(String address, String secret) throws Exception {
    CompletableFuture<Failure> refusal = new CompletableFuture<>();
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + secret);
    ManagedChannel channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    try {
      StreamObserver<LinkFrame> requests =
          LinkServiceGrpc.newStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .connect(new Answers(refusal));
      Packet hello =
          Packet.newBuilder()
              .setFrom(0)
              .setTo(0)
              .setHello(
                  Hello.newBuilder()
                      .setProtocolVersion(OTHER_VERSION)
                      .setSoftwareVersion("9.9.9")
                      .setKind(ProcessKind.CLIENT))
              .build();
      requests.onNext(LinkFrame.newBuilder().addPackets(hello.toByteString()).build());
      return refusal.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private record Answers(CompletableFuture<Failure> refusal) implements StreamObserver<LinkFrame> {
    @Override
    public void onNext(LinkFrame frame) {
      try {
        refusal.complete(Packet.parseFrom(frame.getPackets(0)).getRefusal().getFailure());
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        refusal.completeExceptionally(e);
      }
    }

    @Override
    public void onError(Throwable thrown) {
      refusal.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {
      refusal.completeExceptionally(new IllegalStateException("completed without a refusal"));
    }
  }
}
