package io.mobula.agent.link;

/** The number that both ends of a link must share. */
public final class ProtocolVersion {
  /** Raised with every change that an older peer would misread. */
  public static final int CURRENT = 3;

  private ProtocolVersion() {}

  /** The refusal's message: names both versions and what to do. */
  public static String mismatch(int mine, String myRelease, int theirs, String theirRelease) {
    return "protocol versions differ: mine="
        + mine
        + " (Mobula "
        + myRelease
        + "), peer's="
        + theirs
        + " (Mobula "
        + theirRelease
        + "); run the same Mobula release on every node and in the driver";
  }
}
