package io.mobula.agent.link;

import io.mobula.agent.loop.LoopExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of loops that share a process: paths and who listens there, without any file. Any
 * thread may use it; a listener is added and removed by its own loop.
 */
public final class InProcessNetwork {
  private final ConcurrentHashMap<Path, Listener> listeners = new ConcurrentHashMap<>();

  /** Paths that somebody listens on, for tests that look for leaks. */
  public int listenerCount() {
    return listeners.size();
  }

  @Nullable Listener find(Path socket) {
    return listeners.get(socket);
  }

  void add(Path socket, Listener listener) throws IOException {
    if (listeners.putIfAbsent(socket, listener) != null) {
      throw new IOException("somebody of this process listens there already: path=" + socket);
    }
  }

  void removeAll(InProcessLinks links) {
    listeners.values().removeIf(listener -> listener.links() == links);
  }

  /**
   * Who listens.
   *
   * @param loop where the links of those who dial are to be made
   */
  record Listener(InProcessLinks links, LoopExecutor loop, Greeter greeter) {}
}
