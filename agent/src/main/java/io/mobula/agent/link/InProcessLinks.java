package io.mobula.agent.link;

import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.LoopOwner;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The links of one loop to other loops of its process: the same {@link PacketLink}s as over
 * sockets, and each packet a post to the other loop. Owner thread: the loop's.
 *
 * <p>Whoever dials makes both ends, and posts the accepting one to the loop that listens, which
 * alone touches it from then on. What one loop posts to another arrives in order, so the Hello
 * comes after the end that it is for.
 */
public final class InProcessLinks implements LocalLinks {
  private final InProcessNetwork network;
  private final LoopOwner owner;
  private final LoopExecutor loop;
  private final LinkContext context;
  private final Set<InProcessTransport> transports = new LinkedHashSet<>();
  private boolean isShutDown;

  /** The links of the loop that has this owner and executor. */
  public InProcessLinks(
      InProcessNetwork network, LoopOwner owner, LoopExecutor loop, LinkContext context) {
    this.network = network;
    this.owner = owner;
    this.loop = loop;
    this.context = context;
  }

  @Override
  public void listen(Path socket, Greeter greeter) throws IOException {
    owner.check();
    network.add(socket, new InProcessNetwork.Listener(this, loop, greeter));
  }

  @Override
  public void connect(Path socket, Hello hello, DialHandler handler) {
    owner.check();
    defer(() -> dial(socket, hello, handler));
  }

  /** The links that are not closed, for tests that look for leaks. */
  public int linkCount() {
    return transports.size();
  }

  /** Says goodbye on every link and stops listening. No handler is told; nothing else follows. */
  public void shutDown(String reason) {
    owner.check();
    isShutDown = true;
    network.removeAll(this);
    for (InProcessTransport transport : List.copyOf(transports)) {
      transport.link().closeQuietly(reason);
      transport.abort();
    }
  }

  LinkLimits limits() {
    return context.limits();
  }

  LoopExecutor loop() {
    return loop;
  }

  /** Any thread. What is left for a loop that has ended comes to nothing: its links are closed. */
  @SuppressWarnings("CheckReturnValue")
  void defer(Runnable action) {
    loop.post(action);
  }

  void forget(InProcessTransport transport) {
    transports.remove(transport);
  }

  private void dial(Path socket, Hello hello, DialHandler handler) {
    if (isShutDown) {
      return;
    }
    String place = "path=" + socket;
    InProcessNetwork.Listener listener = network.find(socket);
    if (listener != null) {
      InProcessTransport mine = new InProcessTransport(this);
      InProcessTransport theirs = new InProcessTransport(listener.links());
      if (listener.loop().post(() -> listener.links().accept(theirs, mine, place, listener))) {
        mine.start(PacketLink.dialling(mine, context, place, hello, handler), theirs);
        transports.add(mine);
        mine.link().onConnected();
        return;
      }
    }
    handler.onRefused(
        Failure.newBuilder()
            .setKind(FailureKind.CLUSTER_LOST)
            .setMessage("nobody of this process listens there: " + place)
            .build());
  }

  private void accept(
      InProcessTransport accepting,
      InProcessTransport dialling,
      String place,
      InProcessNetwork.Listener listener) {
    accepting.start(PacketLink.accepting(accepting, context, place, listener.greeter()), dialling);
    if (isShutDown) {
      accepting.abort();
    } else {
      transports.add(accepting);
    }
  }
}
