package io.mobula.rpc;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers the methods that do not exist. Without it gRPC answers them before any interceptor, so
 * that callers without the secret could tell what is served.
 */
final class UnknownMethods extends HandlerRegistry {
  private static final MethodDescriptor.Marshaller<InputStream> UNREAD =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
          return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
          return new ByteArrayInputStream(new byte[0]);
        }
      };

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
    MethodDescriptor<InputStream, InputStream> method =
        MethodDescriptor.newBuilder(UNREAD, UNREAD)
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(methodName)
            .build();
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          call.close(
              Status.UNIMPLEMENTED.withDescription("no such method: " + methodName),
              new Metadata());
          return new ServerCall.Listener<>() {};
        });
  }
}
