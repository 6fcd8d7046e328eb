package io.mobula.gcs;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A raylet or command that says what the test tells it to, and keeps what it hears. */
final class TestPeer implements Agent<Packet> {
  private final Path socket;
  private final Hello hello;
  private final List<Packet> received = new ArrayList<>();
  private @Nullable Link link;
  private @Nullable Failure refusal;
  private @Nullable String closeReason;
  private long nextCorrelation = 100;

  TestPeer(Path socket, ProcessKind kind, long address, long pid) {
    this.socket = socket;
    this.hello = Hello.newBuilder().setKind(kind).setAddress(address).setPid(pid).build();
  }

  @Override
  public String role() {
    return "peer";
  }

  @Override
  public void onStart(LoopContext context) {
    context
        .links()
        .connect(
            socket,
            hello,
            new DialHandler() {
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
                link = null;
                closeReason = reason;
              }

              @Override
              public void onRefused(Failure failure) {
                refusal = failure;
              }
            });
  }

  @Override
  public void onMessage(Packet message) {
    link().send(message);
  }

  Link link() {
    Link open = link;
    if (open == null) {
      throw new IllegalStateException("no link: refusal=" + refusal + ", closed=" + closeReason);
    }
    return open;
  }

  @Nullable Failure refusal() {
    return refusal;
  }

  @Nullable String closeReason() {
    return closeReason;
  }

  /** A correlated packet to the GCS. */
  Packet.Builder request(long from) {
    nextCorrelation++;
    return Packet.newBuilder()
        .setFrom(from)
        .setTo(ProcessAddress.GCS)
        .setCorrelation(nextCorrelation);
  }

  /** Takes what it heard of this kind, oldest first. */
  <T> List<T> take(Predicate<Packet> kind, Function<Packet, T> part) {
    List<T> taken = new ArrayList<>();
    received.removeIf(packet -> kind.test(packet) && taken.add(part.apply(packet)));
    return taken;
  }
}
