package io.mobula.agent.link;

import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The way to one Unix socket: connects, and tries again while the listener's queue is full. Owner
 * thread: the loop's.
 */
final class UnixDial {
  private static final long BUSY_RETRY_NANOS = 5_000_000;

  private final UnixLinks links;
  private final Path socket;
  private final Hello hello;
  private final DialHandler handler;
  private long retriesLeft;

  UnixDial(UnixLinks links, Path socket, Hello hello, DialHandler handler) {
    this.links = links;
    this.socket = socket;
    this.hello = hello;
    this.handler = handler;
    this.retriesLeft = links.limits().handshakeTimeoutNanos() / BUSY_RETRY_NANOS;
  }

  void attempt() {
    String problem = SocketPath.problem(socket);
    if (problem != null) {
      refuse(FailureKind.INVALID, problem);
      return;
    }
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.configureBlocking(false);
      if (channel.connect(UnixDomainSocketAddress.of(socket))) {
        links.connected(channel, socket, hello, handler);
      } else {
        // A Unix socket connects at once or not at all: this one is not under way.
        UnixLinks.closeQuietly(channel);
        retry();
      }
    } catch (IOException e) {
      if (channel != null) {
        UnixLinks.closeQuietly(channel);
      }
      String what =
          Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
              ? "nobody listens on the socket: path="
              : "no such socket: path=";
      refuse(FailureKind.CLUSTER_LOST, what + socket + ", " + e.getMessage());
    }
  }

  private void retry() {
    if (retriesLeft > 0) {
      retriesLeft--;
      links.schedule(BUSY_RETRY_NANOS, this::attempt);
    } else {
      refuse(FailureKind.CLUSTER_LOST, "the listener accepts nobody: path=" + socket);
    }
  }

  private void refuse(FailureKind kind, String message) {
    handler.onRefused(Failure.newBuilder().setKind(kind).setMessage(message).build());
  }
}
