package io.mobula.gcs;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkHandler;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.gcs.log.CommandLog;
import io.mobula.gcs.packages.PackageFiles;
import io.mobula.gcs.packages.PackageTransfers;
import io.mobula.gcs.state.Effect;
import io.mobula.gcs.state.GcsPackets;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.NodeLost;
import io.mobula.proto.NodeState;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Undeliverable;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The head's agent. Owner thread: its loop.
 *
 * <p>How it works: packets become commands, the log hands them back to the state machine, and what
 * that asks for (effects) is done before the next packet is looked at. Whenever actors wait and
 * something changed, the decisions of {@link ActorStarts} are commands too. At the end of each turn
 * the changes leave for the raylets. Loads, liveness and subscriptions are not logged: peers tell
 * them again.
 *
 * <p>A peer is a raylet (a client until it has registered) or a command. Packets of other senders
 * than the peer's own processes end the link.
 */
final class GcsAgent implements Agent<GcsMessage> {
  private static final System.Logger LOG = System.getLogger(GcsAgent.class.getName());

  private final GcsConfig config;
  private final GcsIdentity identity;
  private final CommandLog log;
  private final Function<LoopExecutor, PackageFiles> fileOpener;
  private final Consumer<String> onShutdown;
  private final GcsPeers peers = new GcsPeers();
  private final NodeLoads loads = new NodeLoads();
  private final ActorSubscriptions subscriptions = new ActorSubscriptions();
  private final NodeLiveness liveness;
  private @Nullable Running running;

  /**
   * An agent that has not started.
   *
   * @param fileOpener opens the packages' folder for the loop
   * @param onShutdown told, once, that somebody asked for the end, with the reason
   */
  GcsAgent(
      GcsConfig config,
      GcsIdentity identity,
      CommandLog log,
      Function<LoopExecutor, PackageFiles> fileOpener,
      Consumer<String> onShutdown) {
    this.config = config;
    this.identity = identity;
    this.log = log;
    this.fileOpener = fileOpener;
    this.onShutdown = onShutdown;
    this.liveness =
        new NodeLiveness(
            config.timings().heartbeatTimeout().toNanos(),
            config.timings().redialGrace().toNanos());
  }

  /** Who is let in, for the link layer; used on the loop once it runs. */
  Greeter greeter() {
    return new GcsGreeter(identity, peers, () -> running().commands.state(), new PeerHandler());
  }

  @Override
  public String role() {
    return "gcs";
  }

  @Override
  public void onStart(LoopContext context) {
    CommandPipeline commands =
        new CommandPipeline(
            log, config.stateLimits(), context.clock()::epochMillis, config.snapshotInterval());
    PackageTransfers packages =
        new PackageTransfers(
            fileOpener.apply(context.executor()),
            config.packageLimits(),
            job -> driverOf(commands, job),
            this::send);
    Announcements announcements = new Announcements(commands.state(), loads, peers, subscriptions);
    ActorStarts starts = new ActorStarts(commands, loads, this::send);
    GcsRequests requests =
        new GcsRequests(
            commands,
            loads,
            subscriptions,
            announcements,
            starts,
            packages,
            identity.clusterId(),
            this::send);
    running = new Running(context, commands, packages, announcements, starts, requests);
    for (NodeState node : commands.state().nodes().alive()) {
      liveness.onClosed(
          node.getDescription().getNumber(), "the GCS was restarted", context.nowNanos());
    }
    scheduleTick();
  }

  @Override
  public void onMessage(GcsMessage message) {
    switch (message) {
      case GcsMessage.Stop stop -> onShutdown.accept(stop.reason());
    }
  }

  @Override
  public void onTurnEnd() {
    settle();
    flush(false);
  }

  @Override
  public void onClose() {
    running().commands.close();
  }

  private void onOpen(Link link) {
    if (ProcessAddress.isRaylet(link.peer())) {
      int node = ProcessAddress.node(link.peer());
      attach(node, link);
      running().starts.resume(node);
    } else {
      peers.addClient(link);
    }
  }

  private void attach(int node, Link link) {
    peers.attach(node, link).ifPresent(old -> old.close("the node has a new connection"));
    liveness.onOpen(node, running().context.nowNanos());
    running().announcements.onAttached(node);
    running().starts.scheduleSoon();
  }

  private void onPacket(Link link, byte[] bytes) {
    Packet packet;
    try {
      packet = Packet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      link.close("a packet can't be read: " + e.getMessage());
      return;
    }
    Optional<Integer> node = peers.nodeOf(link);
    // A raylet may have sent more under its first address before it learned its number.
    boolean isOwn =
        packet.getFrom() == link.peer()
            || node.filter(number -> ProcessAddress.node(packet.getFrom()) == number).isPresent();
    if (!isOwn) {
      link.close(
          "a packet has another sender than its link: sender="
              + ProcessAddress.describe(packet.getFrom()));
      return;
    }
    node.ifPresent(number -> liveness.onHeard(number, running().context.nowNanos()));
    if (packet.getTo() != ProcessAddress.GCS) {
      returnToSender(packet);
    } else {
      handle(link, node, packet);
    }
    settle();
  }

  private void returnToSender(Packet packet) {
    if (!packet.hasUndeliverable()) {
      send(
          GcsPackets.packet(packet.getFrom(), 0)
              .setUndeliverable(
                  Undeliverable.newBuilder()
                      .setAddress(packet.getTo())
                      .setReason("the GCS forwards nothing between processes")
                      .setCorrelation(packet.getCorrelation()))
              .build());
    }
  }

  private void handle(Link link, Optional<Integer> node, Packet packet) {
    switch (packet.getBodyCase()) {
      case REGISTER_NODE -> {
        if (link.peerHello().getKind() == ProcessKind.RAYLET) {
          submit(packet, GcsCommand.newBuilder().setRegisterNode(packet.getRegisterNode()));
        }
      }
      case NODE_HEARTBEAT -> node.ifPresent(number -> onHeartbeat(number, packet));
      case PROCESS_STARTED ->
          node.ifPresent(number ->
              submit(
                  packet, GcsCommand.newBuilder().setProcessStarted(packet.getProcessStarted())));
      case PROCESS_DIED ->
          node.ifPresent(number -> onProcessDied(number, link, packet.getProcessDied()));
      case SHUTDOWN -> {
        if (link.peerHello().getKind() == ProcessKind.CLIENT) {
          onShutdown.accept(packet.getShutdown().getReason());
        }
      }
      default -> running().requests.handle(packet, running().context.nowNanos());
    }
  }

  private void onHeartbeat(int node, Packet packet) {
    if (loads.onHeartbeat(node, packet.getNodeHeartbeat())) {
      running().announcements.loadChanged(node);
      running().starts.scheduleSoon();
    }
  }

  /** A raylet reports a process of its node; or itself, when it leaves. */
  private void onProcessDied(int node, Link link, ProcessDied death) {
    if (ProcessAddress.node(death.getAddress()) != node) {
      return;
    }
    if (ProcessAddress.isRaylet(death.getAddress())) {
      loseNode(node, death.getReason(), death.getIsExpected());
      peers.remove(link);
      link.close("the node has left");
    } else {
      running().commands.submit(GcsCommand.newBuilder().setProcessDied(death));
    }
  }

  private void onClosed(Link link, String reason) {
    Optional<Integer> node = peers.remove(link);
    if (node.isEmpty()) {
      subscriptions.removeDead(link.peer());
    } else if (running().commands.state().nodes().findAlive(node.get()).isPresent()) {
      liveness.onClosed(node.get(), reason, running().context.nowNanos());
    }
  }

  private void loseNode(int node, String reason, boolean isExpected) {
    LOG.log(
        isExpected ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
        "node is dead: node={0}, reason={1}",
        Integer.toString(node),
        reason);
    running()
        .commands
        .submit(
            GcsCommand.newBuilder()
                .setNodeLost(
                    NodeLost.newBuilder()
                        .setNumber(node)
                        .setReason(reason)
                        .setIsExpected(isExpected)));
  }

  private void scheduleTick() {
    running().context.timers().schedule(config.timings().updateInterval().toNanos(), this::onTick);
  }

  private void onTick() {
    long nowNanos = running().context.nowNanos();
    for (NodeLiveness.Verdict verdict : liveness.check(nowNanos)) {
      loseNode(verdict.node(), verdict.reason(), false);
    }
    running()
        .requests
        .expireEarlySubscriptions(nowNanos, config.timings().earlySubscriptionTimeout().toNanos());
    settle();
    flush(true);
    scheduleTick();
  }

  private void flush(boolean isInterval) {
    for (Integer node : running().announcements.flush(isInterval)) {
      loseNode(node, "it takes in news too slowly", false);
    }
    settle();
  }

  /** Does what the applied commands ask for, until nothing is left. */
  private void settle() {
    CommandPipeline commands = running().commands;
    do {
      for (Effect effect = commands.poll(); effect != null; effect = commands.poll()) {
        carryOut(effect);
      }
    } while (running().starts.schedule());
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Send send -> sendAnswer(send.packet());
      case Effect.NodeChanged changed -> nodeChanged(changed.number());
      case Effect.JobChanged changed -> running().announcements.jobChanged(changed.id());
      case Effect.ProcessEnded ended -> processEnded(ended.death());
      case Effect.ActorChanged changed -> actorChanged(changed.id());
      case Effect.PlaceOnNode place -> running().starts.place(place);
      case Effect.Construct construct -> running().starts.construct(construct);
    }
  }

  /** The answer to a registration is the last that the raylet gets as a client. */
  private void sendAnswer(Packet packet) {
    send(packet);
    if (packet.hasNodeRegistered()) {
      int node = packet.getNodeRegistered().getNumber();
      peers.client(packet.getTo()).ifPresent(link -> attach(node, link));
    }
  }

  private void nodeChanged(int node) {
    running().announcements.nodeChanged(node);
    running().starts.scheduleSoon();
    if (running().commands.state().nodes().findAlive(node).isEmpty()) {
      running().announcements.onNodeEnded(node);
      loads.forget(node);
      liveness.forget(node);
      peers
          .raylet(node)
          .ifPresent(link -> {
            peers.remove(link);
            link.close("the node counts as dead");
          });
    }
  }

  private void processEnded(ProcessDied death) {
    running().announcements.died(death);
    subscriptions.removeDead(death.getAddress());
    running().starts.removeDead(death.getAddress());
    running().packages.onDeath(death.getAddress());
  }

  private void actorChanged(ObjectKey id) {
    running().starts.scheduleSoon();
    running().announcements.actorChanged(id);
  }

  private void submit(Packet packet, GcsCommand.Builder command) {
    running().commands.submit(command, packet.getFrom(), packet.getCorrelation());
  }

  /** What can't be sent is lost with its addressee: the death is known or about to be. */
  private void send(Packet packet) {
    if (!peers.send(packet)) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "no way to the addressee: kind={0}, to={1}",
          packet.getBodyCase(),
          ProcessAddress.describe(packet.getTo()));
    }
  }

  private static OptionalLong driverOf(CommandPipeline commands, int job) {
    return commands.state().jobs().findRunning(job).stream()
        .mapToLong(running -> running.getConfig().getDriver())
        .findFirst();
  }

  private Running running() {
    Running current = running;
    if (current == null) {
      throw new IllegalStateException("the agent has not started");
    }
    current.context.owner().check();
    return current;
  }

  /** What exists from {@link #onStart} on. */
  private record Running(
      LoopContext context,
      CommandPipeline commands,
      PackageTransfers packages,
      Announcements announcements,
      ActorStarts starts,
      GcsRequests requests) {}

  private final class PeerHandler implements LinkHandler {
    @Override
    public void onOpen(Link link) {
      GcsAgent.this.onOpen(link);
    }

    @Override
    public void onPacket(Link link, byte[] packet) {
      GcsAgent.this.onPacket(link, packet);
    }

    @Override
    public void onClosed(Link link, String reason) {
      GcsAgent.this.onClosed(link, reason);
    }
  }
}
