package io.mobula.agent.link;

/** Receives the events of links. All on the loop's thread. */
public interface LinkHandler {
  /** The handshake is done; the first event of an accepted or dialled link. */
  void onOpen(Link link);

  /**
   * A packet came.
   *
   * @param packet its wire form, owned by the receiver from now on; see {@link PacketHeader}
   */
  void onPacket(Link link, byte[] packet);

  /** The link was congested and is no more. */
  default void onWritable(Link link) {}

  /**
   * The link is closed; the last event. The peer's Goodbye reason if there was one, else what
   * broke.
   */
  void onClosed(Link link, String reason);
}
