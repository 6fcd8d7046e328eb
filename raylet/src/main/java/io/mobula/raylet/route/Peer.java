package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import io.mobula.proto.NodeDescription;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Another node's raylet, as {@link PeerTable} knows it. */
final class Peer {
  /** Where the way to it is. */
  enum State {
    /** The GCS has not told of it; packets wait. */
    UNKNOWN,
    /** No link, and nobody wants one. */
    IDLE,
    /** A link is being opened; packets wait. */
    DIALLING,
    /** A dial failed; packets wait for the next. */
    PAUSING,
    OPEN,
    /** For ever: its number is not used again. */
    DEAD
  }

  State state = State.UNKNOWN;
  @Nullable NodeDescription description;
  @Nullable Link link;
  final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  long queuedBytes;
  int failedDials;
  long deadlineNanos = Long.MAX_VALUE;
  Conversations conversations = new Conversations();
}
