package io.mobula.rpc;

import io.grpc.Status;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What gRPC's statuses mean to whoever dials or holds a link. Pure. */
final class CallFailures {
  private CallFailures() {}

  /** Why a link never opened, and what to do about it. */
  static Failure ofDial(String target, Status status) {
    String at = ": address=" + target;
    return switch (status.getCode()) {
      case UNAUTHENTICATED -> failure(FailureKind.UNAUTHENTICATED, Authentication.wrongSecret(at));
      case UNIMPLEMENTED ->
          failure(
              FailureKind.INVALID,
              "a gRPC server, but not a Mobula daemon, listens there"
                  + at
                  + "; check the address and port");
      case RESOURCE_EXHAUSTED ->
          failure(FailureKind.INVALID, "the peer refuses so much" + at + ", " + describe(status));
      default -> ofTransport(at, status);
    };
  }

  /** Why an open link broke. */
  static String ofOpen(Status status) {
    return status.isOk()
        ? "peer closed the stream without a goodbye"
        : "connection lost: " + describe(status);
  }

  private static Failure ofTransport(String at, Status status) {
    if (find(status, UnknownHostException.class) instanceof UnknownHostException unknown) {
      return failure(
          FailureKind.CLUSTER_LOST,
          "unknown host" + at + ", " + unknown.getMessage() + "; check the host name");
    }
    if (find(status, Http2Exception.class) != null) {
      return failure(
          FailureKind.INVALID,
          "what listens there does not speak gRPC"
              + at
              + "; check the address and port: they must be those of a Mobula daemon");
    }
    if (find(status, SocketException.class) instanceof SocketException cause) {
      return failure(
          FailureKind.CLUSTER_LOST,
          "nobody answers"
              + at
              + ", "
              + cause.getMessage()
              + "; check that the daemon runs there (mobula status), the address and port, and that"
              + " no firewall is in between");
    }
    return failure(
        FailureKind.CLUSTER_LOST,
        "the connection ended before the handshake"
            + at
            + ", "
            + describe(status)
            + "; check that a Mobula daemon is what listens there");
  }

  private static @Nullable Throwable find(Status status, Class<? extends Throwable> kind) {
    Throwable cause = status.getCause();
    while (cause != null && !kind.isInstance(cause)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String describe(Status status) {
    StringBuilder text = new StringBuilder("status=").append(status.getCode());
    if (status.getDescription() != null) {
      text.append(", ").append(status.getDescription());
    }
    Throwable cause = status.getCause();
    if (cause != null) {
      text.append(", cause=").append(cause);
    }
    return text.toString();
  }

  static Failure failure(FailureKind kind, String message) {
    return Failure.newBuilder().setKind(kind).setMessage(message).build();
  }
}
