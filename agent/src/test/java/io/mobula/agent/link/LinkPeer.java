package io.mobula.agent.link;

import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An agent for tests: runs what it is told to on its loop, accepts links and records their events.
 * Its messages are the things to run.
 */
public final class LinkPeer implements Agent<Runnable> {
  private final String role;

  /** Set once the loop has started. */
  public final CompletableFuture<LoopContext> context = new CompletableFuture<>();

  public LinkPeer(String role) {
    this.role = role;
  }

  @Override
  public String role() {
    return role;
  }

  @Override
  public void onStart(LoopContext started) {
    context.complete(started);
  }

  @Override
  public void onMessage(Runnable message) {
    message.run();
  }

  /** A Hello of a worker with this address. */
  public static Hello hello(long address) {
    return Hello.newBuilder()
        .setKind(ProcessKind.WORKER)
        .setAddress(address)
        .setHostId("test-host")
        .build();
  }

  /** Accepts everybody under the address that its Hello names. */
  public static Greeter accepting(long address, LinkHandler handler) {
    return hello ->
        new Greeter.Answer.Accepted(
            Welcome.newBuilder()
                .setKind(ProcessKind.RAYLET)
                .setAddress(address)
                .setAssigned(hello.getAddress())
                .setHostId("test-host")
                .build(),
            handler);
  }

  /** A handler that keeps what it hears; its fields may be read on any thread. */
  public static final class Recorder implements DialHandler {
    public final CompletableFuture<Link> opened = new CompletableFuture<>();
    public final CompletableFuture<Failure> refused = new CompletableFuture<>();
    public final CompletableFuture<String> closed = new CompletableFuture<>();
    public final List<byte[]> packets = Collections.synchronizedList(new ArrayList<>());
    public final CopyOnWriteArrayList<String> events = new CopyOnWriteArrayList<>();
    private volatile @Nullable Consumer<byte[]> listener;

    /** Called on the loop for each packet, instead of keeping it. */
    public Recorder listening(Consumer<byte[]> packetListener) {
      listener = packetListener;
      return this;
    }

    @Override
    public void onOpen(Link link) {
      events.add("open");
      opened.complete(link);
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      Consumer<byte[]> told = listener;
      if (told != null) {
        told.accept(packet);
      } else {
        packets.add(packet);
      }
    }

    @Override
    public void onWritable(Link link) {
      events.add("writable");
    }

    @Override
    public void onClosed(Link link, String reason) {
      events.add("closed");
      closed.complete(reason);
    }

    @Override
    public void onRefused(Failure failure) {
      events.add("refused");
      refused.complete(failure);
    }
  }

  /** A small packet that carries a number. */
  public static Packet numbered(long from, long to, long number) {
    return Packet.newBuilder().setFrom(from).setTo(to).setCorrelation(number + 1).build();
  }
}
