package io.mobula.agent.link;

import io.mobula.proto.Failure;

/**
 * The events of a link that this side opens: also, that it could not be opened. On the loop's
 * thread.
 */
public interface DialHandler extends LinkHandler {
  /**
   * The link never opened: nobody there, refused by the peer, another protocol version, time-out.
   * Called instead of {@link #onOpen}; no other event follows.
   */
  void onRefused(Failure failure);
}
