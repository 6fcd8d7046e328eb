package io.mobula.rpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a link is dialled: a Unix socket or a host and port. */
sealed interface RpcTarget {
  /**
   * Reads {@code host:port}, {@code [ipv6]:port} or a path, which has a slash in it.
   *
   * @throws IllegalArgumentException if it is neither; the message says what is expected
   */
  static RpcTarget parse(String text) {
    if (text.indexOf('/') >= 0) {
      return new Socket(Path.of(text));
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw malformed(text);
    }
    try {
      int port = Integer.parseInt(text, colon + 1, text.length(), 10);
      if (host.isEmpty() || port < 1 || port > 0xFFFF) {
        throw malformed(text);
      }
      return new Tcp(host, port);
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  /** The address, if no name server must be asked. */
  @Nullable SocketAddress immediate();

  /** The address; may block. */
  SocketAddress resolve() throws UnknownHostException;

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "not an address: expected host:port (port 1 to 65535), [ipv6]:port or a socket's path,"
            + " address="
            + text);
  }

  /** A Unix socket on this host. */
  record Socket(Path path) implements RpcTarget {
    @Override
    public SocketAddress immediate() {
      return UnixDomainSocketAddress.of(path);
    }

    @Override
    public SocketAddress resolve() {
      return immediate();
    }
  }

  /** A port somewhere. */
  record Tcp(String host, int port) implements RpcTarget {
    @Override
    public @Nullable SocketAddress immediate() {
      try {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    @Override
    public SocketAddress resolve() throws UnknownHostException {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    }
  }
}
