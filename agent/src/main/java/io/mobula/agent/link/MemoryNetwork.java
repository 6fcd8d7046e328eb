package io.mobula.agent.link;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of loops that are stepped by hand: paths and who listens there, without any file.
 * Owner thread: the one that steps the loops.
 */
public final class MemoryNetwork {
  private final Map<Path, Listener> listeners = new HashMap<>();

  /** Whether anybody listens on the path. */
  public boolean isListening(Path socket) {
    return listeners.containsKey(socket);
  }

  @Nullable Listener find(Path socket) {
    return listeners.get(socket);
  }

  /** Returns false if somebody listens there already. */
  boolean add(Path socket, Listener listener) {
    return listeners.putIfAbsent(socket, listener) == null;
  }

  void removeAll(MemoryLinks links) {
    listeners.values().removeIf(listener -> listener.links() == links);
  }

  record Listener(MemoryLinks links, Greeter greeter) {}
}
