package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.link.DialHandler;
import io.mobula.agent.link.Link;
import io.mobula.agent.loop.Agent;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.Welcome;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Requests;
import io.mobula.worker.net.Router;
import io.mobula.worker.object.ObjectTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The agent inside every driver and worker. Owner thread: its loop.
 *
 * <p>It dials the raylet; what happens from then on it hands to the phase of its life that it is in
 * ({@link CorePhase}). One field is read by other threads: {@link #actorPlace()}, written once
 * before user code of the actor runs.
 */
public final class CoreWorker implements Agent<CoreMessage>, DialHandler, Router.PacketReceiver {
  /** How often handles that the collector found are looked for while nothing else happens. */
  private static final long SWEEP_NANOS = 100_000_000;

  /** Given back to the heap when the loop fails, for what its end may need after all. */
  private static final int RESERVE_BYTES = 64 << 10;

  private final CoreWorkerSetup setup;
  private final ObjectTable table;
  private final Rendezvous<DialResult> dialResult = new Rendezvous<>();
  private final OpenWaits waits = new OpenWaits();

  /** What its failure needs, since there may be no memory then. */
  private final FailedPhase failed = new FailedPhase();

  private final Failure failure = failure("unknown");
  private final DialResult refusal = new DialResult.Refused(failure);

  @SuppressWarnings("UnusedVariable") // It is there to be let go.
  private byte @Nullable [] reserve = new byte[RESERVE_BYTES];

  private volatile @Nullable ActorPlace actorPlace;
  private CorePhase phase = new DiallingPhase();
  private @Nullable LoopContext context;
  private @Nullable Router router;

  /** How the link to the raylet came out. */
  public sealed interface DialResult {
    /** The raylet welcomed this process. */
    record Welcomed(Welcome welcome) implements DialResult {}

    /** It did not, or can't be reached. */
    record Refused(Failure failure) implements DialResult {}
  }

  public CoreWorker(CoreWorkerSetup setup, ObjectTable table) {
    this.setup = setup;
    this.table = table;
  }

  /** Completed once the raylet has welcomed or refused this process. */
  public Rendezvous<DialResult> dialResult() {
    return dialResult;
  }

  /** What user threads wait for of this loop. */
  public OpenWaits waits() {
    return waits;
  }

  /** The actor of this process, read by user threads. */
  public @Nullable ActorPlace actorPlace() {
    return actorPlace;
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
    LoopContext loop = context;
    if (loop == null) {
      throw new IllegalStateException("dialled before it was started: role=" + setup.role());
    }
    Welcome welcome = link.welcome();
    boolean isLocal = welcome.getHostId().equals(setup.hello().getHostId());
    Path nodeDirectory = isLocal ? Path.of(welcome.getNodeDirectory()) : null;
    Requests requests = new Requests();
    Router opened =
        new Router(
            welcome.getAssigned(),
            link,
            loop.links(),
            nodeDirectory,
            setup.hello().toBuilder().setAddress(welcome.getAssigned()).build(),
            requests,
            this);
    try {
      listen(loop, nodeDirectory, welcome, opened);
    } catch (UncheckedIOException e) {
      dialResult.complete(
          new DialResult.Refused(Failures.of(FailureKind.INTERNAL, String.valueOf(e.getCause()))));
      link.close("no socket of its own");
      return;
    }
    Connection connection = new Connection(link, opened, requests);
    router = opened;
    phase =
        new ConnectedPhase(
            connection,
            begin ->
                new WorkingPhase(
                    begin,
                    connection,
                    setup,
                    table,
                    loop,
                    waits,
                    place -> actorPlace = place,
                    next -> phase = next),
            waits,
            next -> phase = next);
    dialResult.complete(new DialResult.Welcomed(welcome));
  }

  @Override
  public void onRefused(Failure failure) {
    dialResult.complete(new DialResult.Refused(failure));
  }

  @Override
  public void onPacket(Link link, byte[] packet) {
    Router opened = router;
    if (opened != null) {
      opened.onPacket(link, packet);
    }
  }

  @Override
  public void onWritable(Link link) {
    onWritable();
  }

  @Override
  public void onClosed(Link link, String reason) {
    phase.onLost(
        "the link to the raylet is closed: node="
            + ProcessAddress.describe(link.peer())
            + ", reason="
            + reason);
  }

  @Override
  public void onPacket(Packet packet) {
    phase.onPacket(packet);
  }

  @Override
  public void onWritable() {
    phase.onWritable();
  }

  @Override
  public void onMessage(CoreMessage message) {
    phase.onMessage(message);
  }

  @Override
  public void onTurnEnd() {
    phase.onTurnEnd();
  }

  @Override
  public void onClose() {
    phase.onClose();
    waits.endAll(
        Failures.of(
            FailureKind.SESSION_CLOSED, "the session was closed: reason=its loop has ended"));
  }

  @Override
  public void onUnhandled(CoreMessage message) {
    phase.onMessage(message);
  }

  /** An error of its own, or the heap is exhausted: nothing more can be had here. */
  @Override
  public void onFailed(Throwable thrown) {
    phase = failed;
    reserve = null;
    Failure reason = failure;
    DialResult result = refusal;
    try {
      reason = failure(thrown.getClass().getName());
      result = new DialResult.Refused(reason);
    } catch (OutOfMemoryError e) {
      // Then by what there is.
      reason = failure;
    }
    try {
      waits.endAll(reason);
    } finally {
      dialResult.complete(result);
    }
  }

  private static Failure failure(String thrown) {
    return Failures.of(
        FailureKind.CLUSTER_LOST,
        "Mobula's own thread in this process failed, and with it the session: close it and call"
            + " Mobula.init() again: thrown="
            + thrown);
  }

  /** Opens the socket on which processes of this node reach this one. */
  private static void listen(
      LoopContext loop, @Nullable Path nodeDirectory, Welcome welcome, Router router) {
    if (nodeDirectory == null) {
      return;
    }
    Path socket = Router.socket(nodeDirectory, welcome.getAssigned());
    try {
      loop.links().listen(socket, peer -> router.greet(peer, welcome.getClusterId()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sweepLater(LoopContext loop) {
    loop.timers().schedule(SWEEP_NANOS, () -> sweepLater(loop));
  }
}
