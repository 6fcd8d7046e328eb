package io.mobula.rpc;

import io.mobula.agent.link.LinkLimits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link GrpcServer} listens, and for whom.
 *
 * @param host address to bind, such as 127.0.0.1 or 0.0.0.0
 * @param port 0 for any free one
 * @param socket a Unix socket to listen on too, or null
 * @param secret what callers must know
 * @param limits bounds of the links
 */
public record GrpcServerConfig(
    String host, int port, @Nullable Path socket, String secret, LinkLimits limits) {
  /** Checks what can be checked without binding. */
  public GrpcServerConfig {
    if (port < 0 || port > 0xFFFF) {
      throw new IllegalArgumentException("port must be between 0 and 65535: port=" + port);
    }
    if (secret.isBlank()) {
      throw new IllegalArgumentException("a server needs a secret");
    }
  }

  /** The secret is left out. */
  @Override
  public String toString() {
    return "GrpcServerConfig[host="
        + host
        + ", port="
        + port
        + ", socket="
        + socket
        + ", limits="
        + limits
        + "]";
  }
}
