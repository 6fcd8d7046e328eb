import io.mobula.shaded.io.grpc.CallOptions;
import io.mobula.shaded.io.grpc.ManagedChannel;
import io.mobula.shaded.io.grpc.MethodDescriptor;
import io.mobula.shaded.io.grpc.Server;
import io.mobula.shaded.io.grpc.ServerServiceDefinition;
import io.mobula.shaded.io.grpc.netty.NettyChannelBuilder;
import io.mobula.shaded.io.grpc.netty.NettyServerBuilder;
import io.mobula.shaded.io.grpc.stub.ClientCalls;
import io.mobula.shaded.io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One unary call over loopback TCP. */
final class RelocatedGrpc {
  private static final MethodDescriptor<String, String> ECHO =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Echo/Echo")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  public static void main(String[] args) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("test.Echo")
                    .addMethod(
                        ECHO,
                        ServerCalls.asyncUnaryCall((request, response) -> {
                          response.onNext("echo " + request);
                          response.onCompleted();
                        }))
                    .build())
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///127.0.0.1:" + server.getPort())
            .usePlaintext()
            .build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
    System.out.println(ClientCalls.blockingUnaryCall(channel, ECHO, options, "ping"));
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
