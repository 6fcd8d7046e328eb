package io.mobula.raylet.route;

import io.mobula.agent.link.Link;
import io.mobula.proto.NodeDescription;
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

  final int node;
  State state = State.UNKNOWN;
  @Nullable NodeDescription description;

  /** The link that packets go over, while {@link State#OPEN}. */
  @Nullable Link link;

  /** The last link that the other side opened, until it closes. */
  @Nullable Link accepted;

  /** Raised by the side that gives the other up; packets of an older one count for nothing. */
  long epoch = 1;

  /** The last epoch in which a packet came; 0 if none ever did. */
  long receivedEpoch;

  final OutgoingStream outgoing = new OutgoingStream();
  final IncomingStream incoming = new IncomingStream();
  Conversations conversations = new Conversations();

  /** Beginnings sent, over all epochs. */
  long beginnings;

  int failedDials;

  /** Since when a link has been wanted in vain; {@link Long#MIN_VALUE} while none is. */
  long wantedSinceNanos = Long.MIN_VALUE;

  long deadlineNanos = Long.MAX_VALUE;

  Peer(int node) {
    this.node = node;
  }

  /** Whether packets ever went or came over a link. */
  boolean hasBeenLinked() {
    return beginnings > 0 || incoming.hasBegun();
  }
}
