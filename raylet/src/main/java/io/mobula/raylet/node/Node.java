package io.mobula.raylet.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.Greeter;
import io.mobula.agent.link.Link;
import io.mobula.agent.link.LinkHandler;
import io.mobula.agent.loop.LoopContext;
import io.mobula.agent.loop.Timers;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Hello;
import io.mobula.proto.JobConfig;
import io.mobula.proto.NodeHeartbeat;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.RetireWorker;
import io.mobula.proto.Shutdown;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.lease.LeaseTable;
import io.mobula.raylet.lease.NodeView;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.objects.ObjectService;
import io.mobula.raylet.route.LocalProcess;
import io.mobula.raylet.route.LocalProcesses;
import io.mobula.raylet.route.NodeRouter;
import io.mobula.raylet.worker.WorkerLimits;
import io.mobula.raylet.worker.WorkerPool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node that serves: wires the parts and passes events between them. Decides nothing itself. Owner
 * thread: the raylet's loop.
 */
public final class Node {
  private static final Logger LOG = System.getLogger(Node.class.getName());

  private final NodeIdentity identity;
  private final LoopContext loop;
  private final Consumer<Failure> onEnd;
  private final NodeEvents events = new NodeEvents();
  private final LocalProcesses processes;
  private final NodeJobs jobs = new NodeJobs(events);
  private final NodeEdges edges;
  private final PeerAdapter peers;
  private final NodeRouter router;
  private final ObjectService objects;
  private final LeaseAdapter leases;
  private final LogAdapter logs;
  private final WorkerAdapter workers;
  private final ClassPathAdapter classPaths;
  private final ClusterView cluster;
  private final ProcessLinks links;
  private final NodeGreeting greeting;
  private final Heartbeats heartbeats;
  private final GarbageCalls garbageCalls;
  private final MemoryInquiries memory;
  private String endReason = "the node has ended";
  private long timerNanos = Long.MAX_VALUE;
  private Timers.@Nullable Timer timer;

  /**
   * Wires a node; nothing happens before {@link #start()}.
   *
   * @param total its resources
   * @param peerGrace how long another node may be out of reach
   * @param gcs takes packets for the GCS; false if there is none any more
   * @param objectService makes the node's object service, which sends through the given router
   * @param onEnd told that the node has to end; a reason without a kind is somebody's wish
   */
  public Node(
      NodeIdentity identity,
      ResourceSet total,
      WorkerLimits limits,
      Duration peerGrace,
      LoopContext loop,
      NodeEdges edges,
      NodeRouter.Upstream gcs,
      Function<NodeRouter, ObjectService> objectService,
      Consumer<Failure> onEnd) {
    this.identity = identity;
    this.loop = loop;
    this.onEnd = onEnd;
    this.greeting = new NodeGreeting(identity);
    this.processes = new LocalProcesses(identity.node());
    this.edges = edges;
    this.peers = new PeerAdapter(identity, peerGrace, loop, edges);
    this.router =
        new NodeRouter(
            identity.address(), processes, peers.table(), gcs, this::onOwnPacket, loop::nowNanos);
    peers.forwardTo(router);
    this.objects = objectService.apply(router);
    this.leases = new LeaseAdapter(identity.address(), identity.hostName(), total, router, events);
    this.logs = new LogAdapter(identity, loop, router, processes, jobs, this::otherRaylets);
    this.workers = new WorkerAdapter(identity, limits, loop, events, processes, jobs, logs, edges);
    this.classPaths = new ClassPathAdapter(identity.hostId(), loop, router, events, edges);
    this.cluster =
        new ClusterView(identity.node(), peers.table(), objects, jobs, events, loop::nowNanos);
    this.links =
        new ProcessLinks(greeting, loop, events, processes, router, objects, workers.pool());
    this.heartbeats = new Heartbeats(loop, router, this::heartbeat);
    this.garbageCalls = new GarbageCalls(loop, router, processes, objects);
    this.memory =
        new MemoryInquiries(
            identity, loop, router, processes, peers.table(), objects, workers::describe);
  }

  /** Begins to tell the GCS how it is. */
  public void start() {
    heartbeats.start();
    garbageCalls.start();
  }

  /** Who is let in, by the socket of local processes and by gRPC alike. */
  public Greeter.Answer greet(Hello hello, boolean isLocalSocket) {
    return switch (hello.getKind()) {
      case DRIVER -> links.greetDriver(hello);
      case RAYLET -> peers.greet(hello, greeting);
      case CLIENT -> greeting.accept(0, new ClientLink());
      case WORKER ->
          isLocalSocket
              ? links.greetWorker(hello)
              : greeting.refuse(FailureKind.INVALID, "workers use their raylet's socket");
      case GCS, PROCESS_KIND_UNSPECIFIED, UNRECOGNIZED ->
          greeting.refuse(
              FailureKind.INVALID,
              "this is a raylet; it serves drivers, raylets and commands: kind=" + hello.getKind());
    };
  }

  /** A packet came from the GCS. */
  public void onGcsPacket(byte[] packet) {
    router.forward(packet);
  }

  /**
   * Handles what the turn brought about, and sets the timer anew. Call at the end of every turn.
   */
  public void settle() {
    for (NodeEvent event = events.poll(); event != null; event = events.poll()) {
      handle(event);
    }
    setTimer();
  }

  /**
   * Begins to end: no new work, workers are asked to end, drivers are told why. Their links stay
   * open for what the workers have still to say.
   */
  public void end(String reason) {
    endReason = reason;
    heartbeats.stop();
    garbageCalls.stop();
    router.send(
        router
            .packetTo(ProcessAddress.GCS)
            .setProcessDied(
                ProcessDied.newBuilder()
                    .setAddress(identity.address())
                    .setKind(ProcessKind.RAYLET)
                    .setHostName(identity.hostName())
                    .setReason(reason)
                    .setIsExpected(true)));
    for (LocalProcess process : processes.all()) {
      if (process.kind() == ProcessKind.DRIVER) {
        router.send(
            router
                .packetTo(process.address())
                .setShutdown(Shutdown.newBuilder().setReason(reason)));
      }
    }
    workers.pool().close(reason, loop.nowNanos());
  }

  /** Whether every worker process is gone, and all that they wrote is sent. */
  public boolean hasEnded() {
    return workers.pool().workerCount() == 0 && !logs.isAnyOpen();
  }

  /**
   * Last: kills what is left and stops serving objects; the action runs when the store file may go.
   */
  public void close(Runnable whenIdle) {
    for (LocalProcess process : processes.all()) {
      if (process.kind() == ProcessKind.DRIVER) {
        process.link().close(endReason);
      }
    }
    workers.close();
    classPaths.close();
    objects.close(whenIdle);
  }

  /** For invariant checks. */
  public LeaseTable leaseTable() {
    return leases.table();
  }

  /** For invariant checks. */
  public WorkerPool workerPool() {
    return workers.pool();
  }

  private void handle(NodeEvent event) {
    long now = loop.nowNanos();
    switch (event) {
      case NodeEvent.SlotWanted(LeaseRequest request, long lease) ->
          workers.pool().wantSlot(lease, request, now);
      case NodeEvent.SlotReleased slot -> workers.pool().releaseSlot(slot.lease(), now);
      case NodeEvent.RetirementAsked asked ->
          router.send(
              router
                  .packetTo(asked.worker())
                  .setCorrelation(asked.question())
                  .setRetireWorker(RetireWorker.getDefaultInstance()));
      case NodeEvent.SlotReady slot -> leases.table().slotReady(slot.lease(), slot.worker());
      case NodeEvent.SlotFailed slot ->
          leases.table().slotFailed(slot.lease(), slot.kind(), slot.message(), now);
      case NodeEvent.ClassPathWanted wanted -> prepare(wanted.job());
      case NodeEvent.ClassPathReady ready -> workers.classPathReady(ready.job(), ready.classPath());
      case NodeEvent.ClassPathFailed failed ->
          workers.pool().classPathFailed(failed.job(), failed.kind(), failed.message());
      case NodeEvent.Died(ProcessDied death) -> died(death);
      case NodeEvent.WorkerDied gone -> {
        // Owners here hear first how their tasks were, then of the death.
        leases.workerDied(gone.death(), gone.lastWords(), now);
        died(gone.death());
      }
      case NodeEvent.JobStarted started -> jobStarted(started.job());
      case NodeEvent.JobEnded ended -> {
        leases.table().jobEnded(ended.job(), now);
        workers.jobEnded(ended.job(), ended.reason(), ended.listener());
        classPaths.table().jobEnded(ended.job(), now);
      }
      case NodeEvent.DeclaredDead declared ->
          onEnd.accept(
              Failure.newBuilder()
                  .setKind(FailureKind.CLUSTER_LOST)
                  .setMessage("the head has declared this node dead: " + declared.reason())
                  .build());
      case NodeEvent.ClusterChanged() -> leases.table().clusterChanged(cluster.others(), now);
    }
  }

  private void jobStarted(int job) {
    JobConfig config = jobs.find(job);
    boolean isDriverHere =
        config != null && ProcessAddress.node(config.getDriver()) == identity.node();
    workers.pool().jobStarted(job, isDriverHere, loop.nowNanos());
  }

  private void prepare(int job) {
    JobConfig config = jobs.find(job);
    if (config != null) {
      classPaths.prepare(job, config);
    }
  }

  /** Tells everyone here; and the GCS, if it was a process of this node. */
  private void died(ProcessDied death) {
    leases.table().processDied(death.getAddress(), loop.nowNanos());
    objects.processDied(death.getAddress());
    memory.processGone(death.getAddress());
    if (ProcessAddress.node(death.getAddress()) == identity.node()) {
      router.send(router.packetTo(ProcessAddress.GCS).setProcessDied(death));
      edges.processEnded(ProcessAddress.process(death.getAddress()));
    }
    for (LocalProcess process : processes.all()) {
      router.send(router.packetTo(process.address()).setProcessDied(death));
    }
  }

  private void onOwnPacket(byte[] bytes) {
    Packet packet;
    try {
      packet = Packet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      LOG.log(Level.WARNING, "packet that can't be parsed dropped", e);
      return;
    }
    boolean isHandled =
        objects.onPacket(packet)
            || leases.onPacket(packet, loop.nowNanos())
            || classPaths.onPacket(packet)
            || memory.onPacket(packet)
            || onNodePacket(packet);
    if (!isHandled && !packet.hasUndeliverable()) {
      LOG.log(
          Level.WARNING,
          "packet that is not for a raylet dropped: body={0}, from={1}",
          packet.getBodyCase(),
          ProcessAddress.describe(packet.getFrom()));
    }
  }

  private boolean onNodePacket(Packet packet) {
    boolean isFromGcs = packet.getFrom() == ProcessAddress.GCS;
    if (packet.hasClusterUpdate() && isFromGcs) {
      cluster.update(packet.getClusterUpdate());
    } else if (packet.hasKillProcess() && isFromGcs) {
      long address = packet.getKillProcess().getAddress();
      workers
          .pool()
          .endWorker(
              ProcessAddress.process(address),
              packet.getKillProcess().getReason(),
              loop.nowNanos());
    } else if (packet.hasRetirementAnswer()
        && ProcessAddress.node(packet.getFrom()) == identity.node()) {
      workers
          .pool()
          .retirementAnswered(
              ProcessAddress.process(packet.getFrom()),
              packet.getCorrelation(),
              packet.getRetirementAnswer().getIsNeeded(),
              packet.getRetirementAnswer().getReason(),
              loop.nowNanos());
    } else if (packet.hasGetNodeMemory()) {
      memory.ask(packet, router::send);
    } else if (packet.hasUndeliverable() && packet.getFrom() == identity.address()) {
      if (ProcessAddress.node(packet.getUndeliverable().getAddress()) != identity.node()) {
        // It can't be told of its leases, so it can't use them or give them back. That of a process
        // of this node is dead is told when all is known of it.
        leases.table().processDied(packet.getUndeliverable().getAddress(), loop.nowNanos());
      }
      memory.processGone(packet.getUndeliverable().getAddress());
      if (packet.getUndeliverable().getGivenUp()) {
        objects.ownerGivenUp(packet.getUndeliverable().getAddress());
      }
    } else {
      return false;
    }
    return true;
  }

  private NodeHeartbeat heartbeat() {
    return NodeHeartbeat.newBuilder()
        .setAvailable(leases.table().available().toProto())
        .setStoreUsedBytes(objects.usage().usedBytes())
        .setWorkers(workers.pool().workerCount())
        .setRetainedWorkers(workers.pool().retainedCount())
        .setQueuedLeases(leases.table().waitingCount())
        .build();
  }

  private void setTimer() {
    long next =
        Math.min(
            workers.pool().nextDeadlineNanos(),
            Math.min(
                leases.table().nextDeadlineNanos(),
                Math.min(
                    peers.table().nextDeadlineNanos(), classPaths.table().nextDeadlineNanos())));
    if (next == timerNanos) {
      return;
    }
    Timers.Timer old = timer;
    if (old != null) {
      old.cancel();
    }
    timerNanos = next;
    timer =
        next == Long.MAX_VALUE
            ? null
            : loop.timers().schedule(next - loop.nowNanos(), this::onTime);
  }

  private List<Long> otherRaylets() {
    return cluster.others().stream().map(NodeView::raylet).toList();
  }

  private void onTime() {
    timerNanos = Long.MAX_VALUE;
    timer = null;
    long now = loop.nowNanos();
    workers.pool().onTime(now);
    leases.table().onTime(now);
    peers.table().onTime(now);
    classPaths.table().onTime(now);
  }

  /** A command's link: it may ask for the end, or who holds the memory. */
  private final class ClientLink implements LinkHandler {
    @Override
    public void onOpen(Link link) {
      LOG.log(Level.DEBUG, "a command connected: pid={0}", link.peerHello().getPid());
    }

    @Override
    public void onPacket(Link link, byte[] bytes) {
      try {
        Packet packet = Packet.parseFrom(bytes);
        if (packet.hasShutdown()) {
          onEnd.accept(Failure.newBuilder().setMessage(packet.getShutdown().getReason()).build());
        } else if (packet.hasGetNodeMemory()) {
          memory.ask(packet, answer -> link.send(answer.build()));
        }
      } catch (InvalidProtocolBufferException e) {
        link.close("a packet can't be parsed: " + e.getMessage());
      }
    }

    @Override
    public void onClosed(Link link, String reason) {
      LOG.log(Level.DEBUG, "a command disconnected: reason={0}", reason);
    }
  }
}
