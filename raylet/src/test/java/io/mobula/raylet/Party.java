package io.mobula.raylet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Welcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Somebody who talks with the raylet under test: keeps what comes, sends what it is told to. */
final class Party implements Agent<Runnable>, DialHandler {
  final List<Packet> received = new CopyOnWriteArrayList<>();
  volatile @Nullable Link link;
  volatile @Nullable String closeReason;
  volatile @Nullable Failure refusal;
  private final String name;
  private @Nullable LoopContext context;

  Party(String name) {
    this.name = name;
  }

  @Override
  public String role() {
    return name;
  }

  @Override
  public void onStart(LoopContext started) {
    context = started;
  }

  @Override
  public void onMessage(Runnable message) {
    message.run();
  }

  void dial(Path socket, Hello hello) {
    Objects.requireNonNull(context).links().connect(socket, hello, this);
  }

  /** Listens as another raylet does. */
  void listen(Path socket, long address, long clusterId) throws IOException {
    Welcome welcome =
        Welcome.newBuilder()
            .setKind(ProcessKind.RAYLET)
            .setAddress(address)
            .setClusterId(clusterId)
            .build();
    Objects.requireNonNull(context)
        .links()
        .listen(
            socket,
            hello ->
                new Greeter.Answer.Accepted(
                    welcome.toBuilder().setAssigned(hello.getAddress()).build(), this));
  }

  /** Its address, as the raylet assigned it. */
  long address() {
    return Objects.requireNonNull(link).welcome().getAssigned();
  }

  void send(long to, Packet.Builder packet) {
    sendAs(address(), to, packet);
  }

  void sendAs(long from, long to, Packet.Builder packet) {
    Objects.requireNonNull(link).send(packet.setFrom(from).setTo(to).build());
  }

  void closeLink() {
    Objects.requireNonNull(link).close("cut");
  }

  /** Takes the first packet that matches. */
  Optional<Packet> take(Predicate<Packet> test) {
    Optional<Packet> found = received.stream().filter(test).findFirst();
    found.ifPresent(received::remove);
    return found;
  }

  @Override
  public void onOpen(Link opened) {
    link = opened;
  }

  @Override
  public void onPacket(Link from, byte[] packet) {
    try {
      received.add(Packet.parseFrom(packet));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void onClosed(Link closed, String reason) {
    closeReason = reason;
  }

  @Override
  public void onRefused(Failure failure) {
    refusal = failure;
  }
}
