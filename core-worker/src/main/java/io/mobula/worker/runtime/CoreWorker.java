package io.mobula.worker.runtime;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.EndJob;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Router;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agent inside every driver and worker: owns the state machines of submission, ownership,
 * actors and execution, and hands each event to the one it concerns. Owner thread: its loop.
 *
 * <p>Life: dials the raylet; once welcomed, builds the state machines ({@link CoreMachines}); once
 * the user side is there ({@link CoreMessage.Begin}), handles what user threads want ({@link
 * UserRequests}) and packets ({@link PacketDispatcher}), those that came before first; ends when
 * the raylet's link closes. One field is read by other threads: {@link #actorPlace()}, written once
 * before user code of the actor runs.
 */
final class CoreWorker implements Agent<CoreMessage>, DialHandler, Router.PacketReceiver {
  /** How often handles that the collector found are looked for while nothing else happens. */
  private static final long SWEEP_NANOS = 100_000_000;

  private final CoreWorkerSetup setup;
  private final ObjectTable table;
  private final Rendezvous<Connection> connection = new Rendezvous<>();
  private final List<Packet> early = new ArrayList<>();
  private @Nullable LoopContext context;
  private @Nullable Link rayletLink;
  private @Nullable CoreMachines machines;
  private @Nullable UserRequests requests;
  private @Nullable PacketDispatcher dispatcher;
  private @Nullable UserSide userSide;
  private volatile RuntimeIdentity.@Nullable ActorPlace actorPlace;
  private int job;
  private boolean isTickArmed;
  private boolean isResumeArmed;

  /** How the link to the raylet came out; exactly one is there. */
  record Connection(@Nullable Welcome welcome, @Nullable Failure failure) {}

  CoreWorker(CoreWorkerSetup setup, ObjectTable table) {
    this.setup = setup;
    this.table = table;
  }

  /** Completed once the raylet has welcomed or refused this process. */
  Rendezvous<Connection> connection() {
    return connection;
  }

  @Override
  public String role() {
    return setup.role();
  }

  @Override
  public void onStart(LoopContext loop) {
    context = loop;
    setup.dialler().dial(loop, setup.hello(), this);
    sweepLater(loop);
  }

  @Override
  public void onOpen(Link link) {
    Welcome welcome = link.welcome();
    LoopContext loop = loop();
    rayletLink = link;
    boolean isLocal = welcome.getHostId().equals(setup.hello().getHostId());
    Path nodeDirectory = isLocal ? Path.of(welcome.getNodeDirectory()) : null;
    CoreMachines built =
        new CoreMachines(
            welcome.getAssigned(),
            link,
            loop,
            nodeDirectory,
            setup,
            table,
            this,
            this::slot,
            task -> requests().resubmit(task));
    if (nodeDirectory != null) {
      Path socket = Router.socket(nodeDirectory, welcome.getAssigned());
      try {
        loop.links().listen(socket, peer -> built.router().greet(peer, welcome.getClusterId()));
      } catch (IOException e) {
        connection.complete(
            new Connection(
                null, Failures.of(FailureKind.INTERNAL, String.valueOf(e.getMessage()))));
        link.close("no socket of its own");
        return;
      }
    }
    machines = built;
    requests = new UserRequests(built, loop);
    connection.complete(new Connection(welcome, null));
  }

  @Override
  public void onRefused(Failure failure) {
    connection.complete(new Connection(null, failure));
  }

  @Override
  public void onPacket(Link link, byte[] packet) {
    machines().router().onPacket(link, packet);
  }

  @Override
  public void onWritable(Link link) {
    onWritable();
  }

  @Override
  public void onClosed(Link link, String reason) {
    String text =
        "the link to the raylet is closed: node="
            + ProcessAddress.describe(link.peer())
            + ", reason="
            + reason;
    CoreMachines all = machines;
    if (all != null) {
      if (!requests().lose()) {
        return;
      }
      all.failAll(Failures.of(FailureKind.CLUSTER_LOST, text));
    }
    setup.events().onLost(text);
  }

  @Override
  public void onPacket(Packet packet) {
    PacketDispatcher ready = dispatcher;
    if (ready != null) {
      ready.dispatch(packet);
    } else if (packet.getCorrelation() == 0 || isRequest(packet)) {
      early.add(packet);
    } else {
      machines().requests().answer(packet);
    }
  }

  @Override
  public void onWritable() {
    CoreMachines all = machines;
    if (all != null && userSide != null) {
      all.submitter().onWritable(loop().nowNanos());
      all.callers().onWritable();
    }
  }

  @Override
  public void onMessage(CoreMessage message) {
    CoreMachines all = machines();
    UserRequests wanted = requests();
    switch (message) {
      case CoreMessage.Begin begin -> begin(all, begin);
      case CoreMessage.Submit submit -> wanted.submit(submit.task(), submit.schedulingClass());
      case CoreMessage.CallActor call -> wanted.call(call);
      case CoreMessage.CreateActor create -> all.actorCreation().create(create);
      case CoreMessage.Want want -> wanted.want(want.entry());
      case CoreMessage.Borrow borrow -> all.references().borrow(borrow.entry());
      case CoreMessage.Release release -> all.references().release(release.entry());
      case CoreMessage.WatchActor watch -> all.callers().watch(watch.actor(), watch.description());
      case CoreMessage.Fetch fetch -> wanted.fetch(fetch);
      case CoreMessage.Recover recover -> wanted.recover(recover);
      case CoreMessage.ForgetRecovery forget ->
          all.recovery().forget(forget.key(), forget.settled());
      case CoreMessage.Free free -> {
        all.explicitFree().free(free.entry());
        free.done().complete(Boolean.TRUE);
      }
      case CoreMessage.HoldEnded _ -> all.shared().tellHoldEnded();
      case CoreMessage.LetGo gone ->
          all.shared().letGo(gone.key(), gone.object(), gone.isAwaited());
      case CoreMessage.CreateStored create -> all.creation().create(create);
      case CoreMessage.Seal seal -> all.creation().seal(seal.key());
      case CoreMessage.Abort abort -> all.creation().abort(abort.key());
      case CoreMessage.Chunked chunked -> all.creation().chunked(chunked.key(), chunked.callSite());
      case CoreMessage.ChunkRoomUnused _ -> all.creation().chunkRoomUnused();
      case CoreMessage.ArgumentsWanted missing -> all.fetcher().want(missing.execution());
      case CoreMessage.ArgumentsRead read -> all.fetcher().release(read.execution());
      case CoreMessage.Finished finished -> all.finish(finished);
      case CoreMessage.Blocked blocked ->
          all.slots().onBlocked(blocked.lease(), blocked.isBlocked());
      case CoreMessage.SlotClosed closed -> all.slots().onClosed(closed.lease());
      case CoreMessage.Constructed done -> all.actorHome().onConstructed(done.failure());
      case CoreMessage.ActorExit _ -> all.actorHome().exit();
      case CoreMessage.Ask ask -> wanted.ask(ask);
      case CoreMessage.Tell tell -> all.router().send(tell.to(), tell.packet());
      case CoreMessage.Close close -> close(all, close);
    }
  }

  @Override
  public void onTurnEnd() {
    CoreMachines all = machines;
    if (all == null) {
      return;
    }
    do {
      for (ObjectEntry entry = table.pollUnreachable();
          entry != null;
          entry = table.pollUnreachable()) {
        all.references().release(entry);
      }
      resumeFetches(all);
      all.references().flush();
      all.replies().flush();
      all.creation().flush();
    } while (all.router().deliverToSelf());
    if (userSide != null && !isTickArmed && all.submitter().heldLeases() > 0) {
      isTickArmed = true;
      tickLater(0);
    }
  }

  @Override
  public void onClose() {
    UserSide threads = userSide;
    if (threads != null) {
      threads.close();
    }
  }

  private void begin(CoreMachines all, CoreMessage.Begin begin) {
    userSide = begin.userSide();
    job = begin.job();
    if (begin.reader() != null) {
      all.shared().useReader(begin.reader());
    }
    all.begin(begin.job(), begin.userSide(), place -> actorPlace = place);
    PacketDispatcher ready = new PacketDispatcher(all, setup.events(), begin.userSide(), loop());
    dispatcher = ready;
    early.forEach(ready::dispatch);
    early.clear();
  }

  private void close(CoreMachines all, CoreMessage.Close close) {
    Failure failure = Failures.of(FailureKind.CLUSTER_LOST, close.reason());
    all.failAll(failure);
    if (requests().lose() && job != 0) {
      all.router()
          .send(
              ProcessAddress.GCS,
              Packet.newBuilder()
                  .setEndJob(EndJob.newBuilder().setId(job).setReason(close.reason())));
    }
    Link link = rayletLink;
    if (link != null) {
      link.close(close.reason());
    }
    close.done().complete(Boolean.TRUE);
  }

  /** The actor of this process, read by user threads. */
  RuntimeIdentity.@Nullable ActorPlace actorPlace() {
    return actorPlace;
  }

  private UserSide slot() {
    UserSide threads = userSide;
    if (threads == null) {
      throw new IllegalStateException("work before the user side is there");
    }
    return threads;
  }

  private static boolean isRequest(Packet packet) {
    return packet.hasAwaitObject()
        || packet.hasAddBorrower()
        || packet.hasConstructActor()
        || packet.hasGetReferences();
  }

  /** Goes on with arguments that this process has let go of, now or when it is time. */
  private void resumeFetches(CoreMachines all) {
    long next = all.fetcher().resume(loop().nowNanos());
    if (next != Long.MAX_VALUE && !isResumeArmed) {
      isResumeArmed = true;
      // The turn that this timer makes ends here, too.
      loop().timers().schedule(next, () -> isResumeArmed = false);
    }
  }

  private void tickLater(long nanos) {
    LoopContext loop = loop();
    loop.timers()
        .schedule(
            nanos,
            () -> {
              long next = machines().submitter().onTick(loop.nowNanos());
              if (next < 0) {
                isTickArmed = false;
              } else {
                tickLater(next);
              }
            });
  }

  private void sweepLater(LoopContext loop) {
    loop.timers().schedule(SWEEP_NANOS, () -> sweepLater(loop));
  }

  private LoopContext loop() {
    LoopContext known = context;
    if (known == null) {
      throw new IllegalStateException("used before it was started: role=" + setup.role());
    }
    return known;
  }

  private UserRequests requests() {
    UserRequests known = requests;
    if (known == null) {
      throw new IllegalStateException("used before it was connected: role=" + setup.role());
    }
    return known;
  }

  private CoreMachines machines() {
    CoreMachines known = machines;
    if (known == null) {
      throw new IllegalStateException("used before it was connected: role=" + setup.role());
    }
    return known;
  }
}
