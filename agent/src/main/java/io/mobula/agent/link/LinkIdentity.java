package io.mobula.agent.link;

import java.util.Objects;

/**
 * What a process says of itself in every handshake.
 *
 * @param protocolVersion compared with the peer's
 * @param release for people
 * @param pid of this process
 */
public record LinkIdentity(int protocolVersion, String release, long pid) {
  private static final String UNPACKAGED = "0.1.0-SNAPSHOT";

  /** This process, as it is. */
  public static LinkIdentity current() {
    String release = LinkIdentity.class.getPackage().getImplementationVersion();
    return new LinkIdentity(
        ProtocolVersion.CURRENT,
        Objects.requireNonNullElse(release, UNPACKAGED),
        ProcessHandle.current().pid());
  }
}
