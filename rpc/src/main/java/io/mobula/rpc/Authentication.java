package io.mobula.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's secret on the wire: {@code authorization: Bearer <secret>} with every call. The
 * server side is an interceptor that lets no call past without it; it compares in constant time.
 */
final class Authentication implements ServerInterceptor {
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final byte[] expected;
  private final Runnable onProved;

  /**
   * @param onProved told of each call with the secret, before it starts
   */
  Authentication(String secret, Runnable onProved) {
    this.expected = bearer(secret).getBytes(UTF_8);
    this.onProved = onProved;
  }

  /** What a caller sends. */
  static Metadata headers(String secret) {
    Metadata headers = new Metadata();
    headers.put(KEY, bearer(secret));
    return headers;
  }

  /** The message of a refused caller. */
  static String wrongSecret(String at) {
    return "the cluster's secret is wrong or missing"
        + at
        + "; pass --token or set MOBULA_TOKEN to what the head's token file holds";
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (isAuthentic(headers.get(KEY))) {
      onProved.run();
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            wrongSecret(": method=" + call.getMethodDescriptor().getFullMethodName())),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private boolean isAuthentic(@Nullable String value) {
    return value != null && MessageDigest.isEqual(expected, value.getBytes(UTF_8));
  }

  private static String bearer(String secret) {
    return "Bearer " + secret;
  }
}
