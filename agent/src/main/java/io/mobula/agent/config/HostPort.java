package io.mobula.agent.config;

/**
 * A TCP address.
 *
 * @param host a name or an address, an IPv6 one without brackets
 * @param port 0 to 65535; 0 means any free port when listening
 */
public record HostPort(String host, int port) {
  /** Checks both. */
  public HostPort {
    if (host.isBlank() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not a TCP address: host=" + host + ", port=" + port);
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    if (colon < 0 || (!isBracketed && host.indexOf(':') >= 0)) {
      throw new IllegalArgumentException("not host:port: " + text);
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    return new HostPort(isBracketed ? host.substring(1, host.length() - 1) : host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
