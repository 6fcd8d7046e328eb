package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.Undeliverable;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.DeadProcesses;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.submit.PendingTask;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * A process that is part of a cluster: hands each event to the side that it concerns ({@link
 * CallerSide}, {@link WorkerSide}, {@link ObjectSide}), and winds up what all of them had to do
 * with a process that is dead. Owner thread: the loop.
 */
final class WorkingPhase implements CorePhase {
  private static final Logger LOG = System.getLogger(WorkingPhase.class.getName());

  private final int job;
  private final boolean isDriver;
  private final Connection connection;
  private final CoreWorkerEvents events;
  private final UserSide userSide;
  private final OpenWaits waits;
  private final Consumer<CorePhase> become;
  private final ObjectSide objects;
  private final CallerSide callers;
  private final WorkerSide worker;
  private final Retirement retirement;
  private final DeadProcesses dead = new DeadProcesses();

  /**
   * @param waits what user threads wait for
   * @param onPlace told which actor this process becomes
   * @param become sets the phase
   */
  WorkingPhase(
      CoreMessage.Begin begin,
      Connection connection,
      CoreWorkerSetup setup,
      ObjectTable table,
      LoopContext loop,
      OpenWaits waits,
      Consumer<ActorPlace> onPlace,
      Consumer<CorePhase> become) {
    this.job = begin.job();
    this.isDriver = setup.hello().getKind() == ProcessKind.DRIVER;
    this.connection = connection;
    this.events = setup.events();
    this.userSide = begin.userSide();
    this.waits = waits;
    this.become = become;
    this.objects =
        new ObjectSide(
            table,
            connection.router(),
            loop.timers(),
            begin.reader(),
            setup.lineageBytesMax(),
            this::resubmit);
    this.callers = new CallerSide(job, connection.router(), objects, loop);
    this.worker = new WorkerSide(connection.router(), objects, userSide, setup, onPlace, loop);
    this.retirement =
        new Retirement(
            connection.router(),
            objects.references(),
            connection.requests(),
            worker.replies(),
            worker.slots(),
            callers.submitter(),
            callers.callers(),
            callers.actorArguments());
  }

  @Override
  public void onMessage(CoreMessage message) {
    switch (message) {
      case CoreMessage.CallerMessage wanted -> callers.onMessage(wanted);
      case CoreMessage.ObjectMessage wanted -> objects.onMessage(wanted);
      case CoreMessage.WorkMessage news -> worker.onMessage(news);
      case CoreMessage.Ask ask -> connection.ask(ask);
      case CoreMessage.Tell tell -> connection.router().send(tell.to(), tell.packet());
      case CoreMessage.EndJob end -> endJob(end);
      case CoreMessage.Close close -> close(close);
      case CoreMessage.Begin _ -> throw new IllegalStateException("begun twice");
    }
  }

  @Override
  public void onPacket(Packet packet) {
    if (dead.contains(packet.getFrom())) {
      return;
    }
    switch (packet.getBodyCase()) {
      case REFUSAL,
          BORROWER_ADDED,
          COPY_ANSWER,
          OBJECT_CREATED,
          STORE_FAILURE,
          OBJECT_AVAILABLE,
          ACTOR_REGISTERED,
          JOB_REGISTERED,
          CLUSTER_SNAPSHOT,
          KV_ANSWER ->
          connection.requests().answer(packet);
      case OBJECT_VALUE, ACTOR_STATE -> {
        if (packet.getCorrelation() == 0) {
          handOn(packet);
        } else {
          connection.requests().answer(packet);
        }
      }
      case OBJECT_PIECE -> {
        // The first piece of an object answers the request for it.
        if (packet.getCorrelation() == 0 || !connection.requests().answer(packet)) {
          handOn(packet);
        }
      }
      case COLLECT_GARBAGE -> {
        userSide.collectGarbage(packet.getCollectGarbage().getUrgent());
        objects.onCollectGarbage(packet.getCollectGarbage());
      }
      case RETIRE_WORKER -> retirement.onRetireWorker(packet);
      case PROCESS_DIED -> declaredDead(packet.getProcessDied());
      case UNDELIVERABLE -> undeliverable(packet.getUndeliverable());
      case SHUTDOWN -> rayletEnds(packet);
      case LOG_LINES -> events.onLogLines(packet.getLogLines());
      case OUTPUT_ENDED -> events.onOutputEnded(packet.getFrom(), packet.getOutputEnded());
      case NEED_PACKAGE -> events.onNeedPackage(packet.getNeedPackage().getSha256());
      default -> handOn(packet);
    }
  }

  @Override
  public void onWritable() {
    callers.onWritable();
  }

  @Override
  public void onLost(String reason) {
    end(Failures.of(FailureKind.CLUSTER_LOST, reason), false);
    events.onLost(reason);
  }

  @Override
  public void onTurnEnd() {
    do {
      objects.releaseUnreachable();
      worker.resumeFetches();
      objects.flush();
      worker.flush();
    } while (connection.router().deliverToSelf());
    callers.onTurnEnd();
  }

  @Override
  public void onClose() {
    userSide.close();
  }

  private void resubmit(PendingTask task) {
    callers.resubmit(task);
  }

  private void handOn(Packet packet) {
    if (!callers.onPacket(packet) && !worker.onPacket(packet) && !objects.onPacket(packet)) {
      LOG.log(
          Level.WARNING,
          "packet that is not for this process: body={0}, from={1}",
          packet.getBodyCase(),
          ProcessAddress.describe(packet.getFrom()));
    }
  }

  private void endJob(CoreMessage.EndJob end) {
    if (end.isProcessEnding()) {
      become.accept(new LeavingPhase(connection, callers, objects, userSide, events, end.reason()));
    } else {
      end(closed(end.reason()), true);
    }
    if (isDriver) {
      connection.endJob(job, end.reason());
    }
  }

  private void close(CoreMessage.Close close) {
    end(closed(close.reason()), false);
    if (isDriver) {
      connection.endJob(job, close.reason());
    }
    connection.raylet().close(close.reason());
    close.done().complete(Boolean.TRUE);
  }

  /**
   * Whatever somebody waits for fails, now and from now on: by the machines, so that what refers to
   * it knows, and then whatever is left, whichever machine has it.
   *
   * @param isListening whether the output of the job's workers is still heard
   */
  private void end(Failure failure, boolean isListening) {
    become.accept(
        new LostPhase(connection, callers, objects, userSide, events, failure, isListening));
    // Objects first: that an owner will not answer now does not mean that it is dead.
    objects.failAll(failure);
    connection.requests().failAll(failure);
    callers.failAll(failure);
    objects.failAll(failure);
    // What they have asked because of that.
    connection.requests().failAll(failure);
    waits.endAll(failure);
    worker.end();
  }

  private static Failure closed(String reason) {
    return Failures.of(FailureKind.SESSION_CLOSED, "the session was closed: reason=" + reason);
  }

  /** Nothing can be had of it any more but what its workers have still to say. */
  private void rayletEnds(Packet packet) {
    if (packet.getFrom() == connection.router().raylet()) {
      end(
          Failures.of(
              FailureKind.CLUSTER_LOST,
              "the raylet of this process ends: node="
                  + ProcessAddress.describe(packet.getFrom())
                  + ", reason="
                  + packet.getShutdown().getReason()),
          true);
    }
  }

  private void declaredDead(ProcessDied death) {
    dead.add(death.getAddress());
    windUp(death, false);
    worker.forgetFunctions(death.getAddress());
  }

  /**
   * Winds up what this process had to do with one that is dead, or that can't be reached: then it
   * may live and go on sending, so the functions that it defined stay.
   */
  private void windUp(ProcessDied death, boolean isGivenUp) {
    long address = death.getAddress();
    Failure failure =
        Failures.of(
            FailureKind.WORKER_DIED,
            ProcessAddress.describe(address)
                + (isGivenUp ? " can't be reached: reason=" : " died: reason=")
                + death.getReason());
    connection.router().onProcessDied(address);
    callers.beforeWindingUp(address, failure, isGivenUp);
    connection.requests().onProcessDied(address, failure);
    worker.onProcessDied(address);
    objects.onProcessDied(death, isGivenUp);
    callers.onProcessDied(death, isGivenUp);
  }

  private void undeliverable(Undeliverable news) {
    long address = news.getAddress();
    Failure failure =
        Failures.of(
            FailureKind.WORKER_DIED,
            ProcessAddress.describe(address) + " can't be reached: reason=" + news.getReason());
    boolean isRequest = connection.requests().unreachable(news.getCorrelation(), address, failure);
    if (!isRequest && address != ProcessAddress.GCS) {
      windUp(
          ProcessDied.newBuilder().setAddress(address).setReason(news.getReason()).build(),
          news.getGivenUp());
    }
  }
}
