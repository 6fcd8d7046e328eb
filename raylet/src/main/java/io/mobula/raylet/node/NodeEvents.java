package io.mobula.raylet.node;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Events that wait for the end of the turn, in order. Owner thread: the raylet's loop. */
final class NodeEvents {
  private final ArrayDeque<NodeEvent> queue = new ArrayDeque<>();

  void add(NodeEvent event) {
    queue.addLast(event);
  }

  @Nullable NodeEvent poll() {
    return queue.pollFirst();
  }
}
