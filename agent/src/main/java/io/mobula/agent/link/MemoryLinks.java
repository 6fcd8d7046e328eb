package io.mobula.agent.link;

import io.mobula.agent.loop.LoopOwner;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The links of one loop that is stepped by hand: the same {@link PacketLink}s as over sockets, over
 * queues. Deterministic: what one turn sends, the peer's next turn receives. Owner thread: the one
 * that steps the loop.
 */
public final class MemoryLinks implements LocalLinks {
  private final MemoryNetwork network;
  private final LoopOwner owner;
  private final LinkContext context;
  private final Set<MemoryTransport> transports = new LinkedHashSet<>();
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();

  public MemoryLinks(MemoryNetwork network, LoopOwner owner, LinkContext context) {
    this.network = network;
    this.owner = owner;
    this.context = context;
  }

  @Override
  public void listen(Path socket, Greeter greeter) throws IOException {
    owner.check();
    if (!network.add(socket, new MemoryNetwork.Listener(this, greeter))) {
      throw new IOException("a living process listens there already: path=" + socket);
    }
  }

  @Override
  public void connect(Path socket, Hello hello, DialHandler handler) {
    owner.check();
    defer(() -> dial(socket, hello, handler));
  }

  /**
   * Delivers what has come.
   *
   * @return how many events there were
   */
  public int dispatch() {
    int count = 0;
    for (MemoryTransport transport : List.copyOf(transports)) {
      count += transport.receive();
    }
    for (int i = deferred.size(); i > 0; i--) {
      deferred.remove().run();
      count++;
    }
    return count;
  }

  /** Sends what the turn produced. */
  public void flush() {
    List.copyOf(transports).forEach(MemoryTransport::flush);
  }

  /** Whether there is something to deliver. */
  public boolean hasWork() {
    return !deferred.isEmpty() || transports.stream().anyMatch(MemoryTransport::hasWork);
  }

  /** The links that are not closed, for tests that look for leaks. */
  public int linkCount() {
    return transports.size();
  }

  /** Says goodbye on every link and stops listening. No handler is told. */
  public void shutDown(String reason) {
    network.removeAll(this);
    for (MemoryTransport transport : List.copyOf(transports)) {
      transport.link().closeQuietly(reason);
    }
    flush();
    List.copyOf(transports).forEach(MemoryTransport::abort);
    deferred.clear();
  }

  /** Ends every link without a goodbye, as a killed process does. No handler is told. */
  public void kill() {
    network.removeAll(this);
    List.copyOf(transports).forEach(MemoryTransport::abort);
    deferred.clear();
  }

  LinkLimits limits() {
    return context.limits();
  }

  void defer(Runnable action) {
    deferred.add(action);
  }

  void forget(MemoryTransport transport) {
    transports.remove(transport);
  }

  private void dial(Path socket, Hello hello, DialHandler handler) {
    MemoryNetwork.Listener listener = network.find(socket);
    if (listener == null) {
      handler.onRefused(
          Failure.newBuilder()
              .setKind(FailureKind.CLUSTER_LOST)
              .setMessage("no such socket: path=" + socket)
              .build());
      return;
    }
    String place = "path=" + socket;
    MemoryTransport mine = new MemoryTransport(this);
    MemoryTransport theirs = new MemoryTransport(listener.links());
    mine.start(PacketLink.dialling(mine, context, place, hello, handler), theirs);
    theirs.start(
        PacketLink.accepting(theirs, listener.links().context, place, listener.greeter()), mine);
    transports.add(mine);
    listener.links().transports.add(theirs);
    mine.link().onConnected();
  }
}
