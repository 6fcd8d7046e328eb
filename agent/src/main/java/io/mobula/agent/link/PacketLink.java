package io.mobula.agent.link;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.loop.LoopOwner;
import io.mobula.agent.loop.Timers;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Goodbye;
import io.mobula.proto.Hello;
import io.mobula.proto.Packet;
import io.mobula.proto.Refusal;
import io.mobula.proto.Welcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of {@link Link}, over any {@link PacketTransport}: handshake, bounds,
 * Goodbye. Owner thread: the loop's.
 *
 * <pre>
 *              dialling side                       accepting side
 *   CONNECTING   onConnected: Hello goes             -
 *   GREETING     Welcome: OPEN, onOpen               Hello: Welcome goes, OPEN, onOpen
 *                Refusal, end, time-out: onRefused   refused: Refusal goes, CLOSING
 *   OPEN         Goodbye, end, a bound broken: CLOSED, onClosed     close(): Goodbye goes, CLOSING
 *   CLOSING      end, time-out: CLOSED, onClosed if it was open
 * </pre>
 *
 * Handlers are called from transport events, timers and deferred actions alone, never from within
 * {@link #send} or {@link #close}.
 */
public final class PacketLink implements Link {
  /** Bound of the first packet, which comes from somebody unknown. */
  private static final int MAX_GREETING_BYTES = 64 << 10;

  private static final Logger LOG = System.getLogger(PacketLink.class.getName());

  private final LoopOwner owner = LoopOwner.ofCurrentThread();
  private final PacketTransport transport;
  private final Timers timers;
  private final LinkLimits limits;
  private final LinkIdentity identity;
  private final String place;
  private final @Nullable DialHandler dialler;
  private final @Nullable Greeter greeter;

  private State state;
  private @Nullable LinkHandler handler;
  private Hello hello;
  private Welcome welcome = Welcome.getDefaultInstance();
  private boolean isCongested;
  private @Nullable String closeReason;
  private Timers.@Nullable Timer deadline;

  private PacketLink(
      PacketTransport transport,
      LinkContext context,
      String place,
      Hello hello,
      @Nullable DialHandler dialler,
      @Nullable Greeter greeter) {
    this.transport = transport;
    this.timers = context.timers();
    this.limits = context.limits();
    this.identity = context.identity();
    this.place = place;
    this.hello = hello;
    this.dialler = dialler;
    this.greeter = greeter;
    this.state = dialler == null ? State.GREETING : State.CONNECTING;
    this.deadline = timers.schedule(limits.handshakeTimeoutNanos(), this::onDeadline);
  }

  /**
   * A link that this side opens.
   *
   * @param place for messages: where it leads, as name=value
   */
  public static PacketLink dialling(
      PacketTransport transport,
      LinkContext context,
      String place,
      Hello hello,
      DialHandler handler) {
    LinkIdentity identity = context.identity();
    Hello.Builder full =
        hello.toBuilder()
            .setProtocolVersion(identity.protocolVersion())
            .setSoftwareVersion(identity.release());
    if (hello.getPid() == 0) {
      full.setPid(identity.pid());
    }
    return new PacketLink(transport, context, place, full.build(), handler, null);
  }

  /** A link that the peer opens. */
  public static PacketLink accepting(
      PacketTransport transport, LinkContext context, String place, Greeter greeter) {
    return new PacketLink(transport, context, place, Hello.getDefaultInstance(), null, greeter);
  }

  @Override
  public long peer() {
    return dialler == null ? welcome.getAssigned() : welcome.getAddress();
  }

  @Override
  public Hello peerHello() {
    if (dialler == null) {
      return hello;
    }
    return Hello.newBuilder()
        .setProtocolVersion(welcome.getProtocolVersion())
        .setSoftwareVersion(welcome.getSoftwareVersion())
        .setKind(welcome.getKind())
        .setAddress(welcome.getAddress())
        .setPid(welcome.getPid())
        .setHostId(welcome.getHostId())
        .build();
  }

  @Override
  public Welcome welcome() {
    return welcome;
  }

  @Override
  public boolean send(Packet packet) {
    owner.check();
    if (!packet.hasFrom() || !packet.hasTo()) {
      throw new IllegalArgumentException("packet without from or to: body=" + packet.getBodyCase());
    }
    if (state != State.OPEN) {
      return false;
    }
    int sizeBytes = checkedSize(packet.getSerializedSize());
    transport.write(packet, sizeBytes);
    afterWrite();
    return true;
  }

  @Override
  public boolean sendRaw(byte[] packet) {
    owner.check();
    if (!PacketHeader.isWellFormed(packet)) {
      throw new IllegalArgumentException("malformed packet: sizeBytes=" + packet.length);
    }
    if (state != State.OPEN) {
      return false;
    }
    checkedSize(packet.length);
    transport.writeRaw(packet);
    afterWrite();
    return true;
  }

  @Override
  public boolean isCongested() {
    return isCongested;
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  /** Whether the handshake is still going on. */
  public boolean isOpening() {
    return state == State.CONNECTING || state == State.GREETING;
  }

  @Override
  public void close(String reason) {
    owner.check();
    if (state == State.OPEN) {
      sayGoodbye(reason);
    }
  }

  /** As {@link #close}, but no handler hears of anything any more. For the end of a loop. */
  public void closeQuietly(String reason) {
    owner.check();
    boolean wasOpen = state == State.OPEN;
    handler = null;
    if (wasOpen) {
      sayGoodbye(reason);
    } else if (state != State.CLOSING) {
      state = State.CLOSED;
      cancelDeadline();
      transport.abort();
    }
  }

  /** The bound of the next packet's size; the transport refuses larger ones unread. */
  public int maxIncomingBytes() {
    return state == State.OPEN ? limits.maxPacketBytes() : MAX_GREETING_BYTES;
  }

  /** The transport of the dialling side is connected. */
  public void onConnected() {
    if (state != State.CONNECTING) {
      return;
    }
    state = State.GREETING;
    write(Packet.newBuilder().setFrom(hello.getAddress()).setTo(0).setHello(hello).build());
  }

  /**
   * A packet came.
   *
   * @return false if no more is wanted
   */
  public boolean onPacket(byte[] packet) {
    if (!PacketHeader.isWellFormed(packet)) {
      onBroken("malformed packet: sizeBytes=" + packet.length + ", no addresses in front");
      return false;
    }
    switch (state) {
      case OPEN -> {
        if (LinkBody.isOfLink(packet)) {
          onLinkPacket(packet);
        } else if (handler != null) {
          handler.onPacket(this, packet);
        }
      }
      case GREETING -> onGreeting(packet);
      // What still comes after our own Goodbye has nobody to go to.
      case CLOSING, CLOSED -> {}
      case CONNECTING -> throw new IllegalStateException("packet before connect: " + place);
    }
    return state == State.OPEN;
  }

  /** The transport's unsent bytes are at or below {@link LinkLimits#lowWaterBytes()}. */
  public void onDrained() {
    if (isCongested && state == State.OPEN) {
      isCongested = false;
      if (handler != null) {
        handler.onWritable(this);
      }
    }
  }

  /** What the peer sent breaks the rules, or the bounds: the link closes and says why. */
  public void onBroken(String reason) {
    if (state == State.OPEN) {
      sayGoodbye(reason);
    } else if (isOpening()) {
      transport.abort();
      fail(FailureKind.INVALID, "peer does not speak Mobula's protocol: " + place + ", " + reason);
    }
  }

  /** The transport is closed, by the peer, by a failure, or because it has finished. */
  public void onEnded(String reason) {
    switch (state) {
      case CONNECTING, GREETING -> fail(FailureKind.CLUSTER_LOST, reason + ": " + place);
      case OPEN -> closed(reason);
      case CLOSING -> closed(closeReason == null ? reason : closeReason);
      case CLOSED -> {}
    }
  }

  /** The transport can't open; no other event follows. */
  public void onUnreachable(Failure failure) {
    transport.abort();
    fail(failure);
  }

  private void onGreeting(byte[] packet) {
    Packet greeting;
    try {
      greeting = Packet.parseFrom(packet);
    } catch (InvalidProtocolBufferException e) {
      onBroken("malformed greeting: " + e.getMessage());
      return;
    }
    if (greeter != null) {
      onHello(greeting, greeter);
    } else if (dialler != null) {
      onAnswer(greeting, dialler);
    }
  }

  private void onHello(Packet greeting, Greeter decider) {
    if (!greeting.hasHello()) {
      onBroken("expected a hello, got " + greeting.getBodyCase());
      return;
    }
    hello = greeting.getHello();
    if (hello.getProtocolVersion() != identity.protocolVersion()) {
      refuse(versionMismatch(hello.getProtocolVersion(), hello.getSoftwareVersion()));
      return;
    }
    switch (decider.greet(hello)) {
      case Greeter.Answer.Refused refused -> refuse(refused.failure());
      case Greeter.Answer.Accepted accepted -> {
        welcome =
            accepted.welcome().toBuilder()
                .setProtocolVersion(identity.protocolVersion())
                .setSoftwareVersion(identity.release())
                .setPid(identity.pid())
                .build();
        write(fromTo().setWelcome(welcome).build());
        open(accepted.handler());
      }
    }
  }

  private void onAnswer(Packet answer, DialHandler opener) {
    switch (answer.getBodyCase()) {
      case WELCOME -> {
        welcome = answer.getWelcome();
        if (welcome.getProtocolVersion() == identity.protocolVersion()) {
          open(opener);
          return;
        }
        Failure failure =
            versionMismatch(welcome.getProtocolVersion(), welcome.getSoftwareVersion());
        write(fromTo().setGoodbye(Goodbye.newBuilder().setReason(failure.getMessage())).build());
        startClosing(failure.getMessage());
        opener.onRefused(failure);
      }
      case REFUSAL -> {
        transport.abort();
        fail(answer.getRefusal().getFailure());
      }
      default -> onBroken("expected a welcome, got " + answer.getBodyCase());
    }
  }

  private void onLinkPacket(byte[] packet) {
    String reason;
    try {
      Packet parsed = Packet.parseFrom(packet);
      if (!parsed.hasGoodbye()) {
        onBroken("malformed packet: " + parsed.getBodyCase() + " on an open link");
        return;
      }
      reason = parsed.getGoodbye().getReason();
    } catch (InvalidProtocolBufferException e) {
      onBroken("malformed packet: " + e.getMessage());
      return;
    }
    transport.abort();
    closed(reason);
  }

  private void open(LinkHandler opened) {
    cancelDeadline();
    state = State.OPEN;
    handler = opened;
    opened.onOpen(this);
  }

  private void refuse(Failure failure) {
    LOG.log(Level.DEBUG, "link refused: {0}, reason={1}", place, failure.getMessage());
    write(
        Packet.newBuilder()
            .setFrom(0)
            .setTo(hello.getAddress())
            .setRefusal(Refusal.newBuilder().setFailure(failure))
            .build());
    startClosing(failure.getMessage());
  }

  private void sayGoodbye(String reason) {
    write(fromTo().setGoodbye(Goodbye.newBuilder().setReason(reason)).build());
    startClosing(reason);
  }

  private void startClosing(String reason) {
    cancelDeadline();
    state = State.CLOSING;
    isCongested = false;
    closeReason = reason;
    deadline = timers.schedule(limits.handshakeTimeoutNanos(), this::onDeadline);
    transport.finish();
  }

  private void onDeadline() {
    deadline = null;
    transport.abort();
    String waited = ", waitedMillis=" + limits.handshakeTimeoutNanos() / 1_000_000;
    switch (state) {
      case CONNECTING, GREETING ->
          fail(FailureKind.CLUSTER_LOST, "no answer to the handshake: " + place + waited);
      default -> closed(closeReason == null ? "close timed out" + waited : closeReason);
    }
  }

  private void afterWrite() {
    long unsentBytes = transport.unsentBytes();
    if (unsentBytes > limits.maxUnsentBytes()) {
      transport.abort();
      state = State.CLOSING;
      isCongested = false;
      closeReason =
          "peer takes no data: unsentBytes="
              + unsentBytes
              + ", maxUnsentBytes="
              + limits.maxUnsentBytes();
      String reason = closeReason;
      transport.defer(() -> closed(reason));
    } else if (unsentBytes >= limits.highWaterBytes()) {
      isCongested = true;
    }
  }

  private void closed(String reason) {
    if (state == State.CLOSED) {
      return;
    }
    cancelDeadline();
    state = State.CLOSED;
    isCongested = false;
    LinkHandler told = handler;
    handler = null;
    if (told != null) {
      told.onClosed(this, reason);
    }
  }

  private void fail(FailureKind kind, String message) {
    fail(Failure.newBuilder().setKind(kind).setMessage(message).build());
  }

  private void fail(Failure failure) {
    if (state == State.CLOSED) {
      return;
    }
    cancelDeadline();
    state = State.CLOSED;
    if (dialler != null) {
      dialler.onRefused(failure);
    } else {
      LOG.log(Level.DEBUG, "link not opened: {0}", failure.getMessage());
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  private void write(Packet packet) {
    transport.write(packet, packet.getSerializedSize());
  }

  private Packet.Builder fromTo() {
    boolean isAccepting = dialler == null;
    return Packet.newBuilder()
        .setFrom(isAccepting ? welcome.getAddress() : welcome.getAssigned())
        .setTo(isAccepting ? welcome.getAssigned() : welcome.getAddress());
  }

  private Failure versionMismatch(int theirs, String theirRelease) {
    return Failure.newBuilder()
        .setKind(FailureKind.PROTOCOL_VERSION)
        .setMessage(
            ProtocolVersion.mismatch(
                identity.protocolVersion(), identity.release(), theirs, theirRelease))
        .build();
  }

  private int checkedSize(int sizeBytes) {
    if (sizeBytes > limits.maxPacketBytes()) {
      throw new IllegalArgumentException(
          "packet too large: sizeBytes="
              + sizeBytes
              + ", maxPacketBytes="
              + limits.maxPacketBytes());
    }
    return sizeBytes;
  }

  private enum State {
    CONNECTING,
    GREETING,
    OPEN,
    CLOSING,
    CLOSED
  }
}
