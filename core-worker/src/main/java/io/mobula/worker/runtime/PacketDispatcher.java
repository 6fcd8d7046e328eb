package io.mobula.worker.runtime;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.LeaseSpilled;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.TaskReplies;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.DeadProcesses;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Hands each packet that comes to the state machine it is for. Owner thread: the loop. */
final class PacketDispatcher {
  private static final Logger LOG = System.getLogger(PacketDispatcher.class.getName());

  private final CoreMachines machines;
  private final CoreWorkerEvents events;
  private final UserSide userSide;
  private final LoopContext loop;
  private final DeadProcesses dead = new DeadProcesses();

  PacketDispatcher(
      CoreMachines machines, CoreWorkerEvents events, UserSide userSide, LoopContext loop) {
    this.machines = machines;
    this.events = events;
    this.userSide = userSide;
    this.loop = loop;
  }

  void dispatch(Packet packet) {
    long from = packet.getFrom();
    if (dead.contains(from)) {
      return;
    }
    switch (packet.getBodyCase()) {
      case PUSH_TASKS -> machines.slots().onPush(from, packet.getPushTasks(), machines.methods());
      case TASK_REPLIES -> replies(packet.getTaskReplies(), from);
      case PUSH_CALLS ->
          machines.actorHost().onPush(from, packet.getPushCalls(), machines.methods());
      case RECALL_TASKS -> machines.slots().onRecall(packet.getRecallTasks().getLease());
      case RETURNED_TASKS ->
          machines.submitter().onReturned(packet.getReturnedTasks(), from, loop.nowNanos());
      case LEASE_BLOCKED ->
          machines
              .submitter()
              .onBlocked(
                  packet.getLeaseBlocked().getLease(),
                  packet.getLeaseBlocked().getBlocked(),
                  from,
                  loop.nowNanos());
      case REFERENCES_RECEIVED ->
          machines
              .replies()
              .onReferencesReceived(from, packet.getReferencesReceived().getReceiptsList());
      case LEASE_GRANTED ->
          machines.submitter().onLeaseGranted(packet.getLeaseGranted(), from, loop.nowNanos());
      case LEASE_SPILLED -> spilled(packet.getLeaseSpilled());
      case LEASE_REFUSED ->
          machines
              .submitter()
              .onLeaseRefused(
                  packet.getLeaseRefused().getRequest(), packet.getLeaseRefused().getFailure());
      case REVOKE_LEASE -> machines.slots().onRevoke(packet.getRevokeLease().getLease());
      case AWAIT_OBJECT -> {
        if (packet.getAwaitObject().hasLost()) {
          machines.recovery().onAwaitLost(packet);
        } else {
          machines.references().onAwaitObject(packet);
        }
      }
      case ADD_BORROWER -> machines.references().onAddBorrower(packet);
      case REMOVE_BORROWER -> machines.references().onRemoveBorrower(packet);
      case LOCATION_ADDED ->
          machines
              .references()
              .onLocationAdded(
                  ObjectKey.of(packet.getLocationAdded().getId()),
                  packet.getLocationAdded().getRaylet(),
                  packet.getLocationAdded().getPrimary());
      case LOCATION_REMOVED ->
          machines
              .references()
              .onLocationRemoved(
                  ObjectKey.of(packet.getLocationRemoved().getId()),
                  packet.getLocationRemoved().getRaylet());
      case FREE_OBJECT ->
          machines.explicitFree().onFreeObject(ObjectKey.of(packet.getFreeObject().getId()));
      case OBJECT_VALUE -> objectValue(packet);
      case OBJECT_PIECE -> piece(packet);
      case COLLECT_GARBAGE -> {
        boolean isUrgent = packet.getCollectGarbage().getUrgent();
        userSide.collectGarbage(isUrgent);
        if (isUrgent) {
          machines.lineage().onStoreFull().forEach(machines.references()::release);
        }
      }
      case YIELD_ARGUMENTS ->
          machines
              .fetcher()
              .giveWay(
                  packet.getYieldArguments().hasKeep()
                      ? ObjectKey.of(packet.getYieldArguments().getKeep())
                      : null,
                  loop.nowNanos());
      case GET_REFERENCES -> machines.listing().onGetReferences(packet);
      case CONSTRUCT_ACTOR -> machines.actorHome().onConstruct(packet);
      case ACTOR_STATE -> actorState(packet);
      case PROCESS_DIED -> declaredDead(packet.getProcessDied());
      case UNDELIVERABLE -> undeliverable(packet);
      case LOG_LINES -> events.onLogLines(packet.getLogLines());
      case NEED_PACKAGE -> events.onNeedPackage(packet.getNeedPackage().getSha256());
      case REFUSAL,
          BORROWER_ADDED,
          OBJECT_CREATED,
          STORE_FAILURE,
          OBJECT_AVAILABLE,
          ACTOR_REGISTERED,
          JOB_REGISTERED,
          CLUSTER_SNAPSHOT,
          KV_ANSWER ->
          machines.requests().answer(packet);
      default ->
          LOG.log(
              Level.WARNING,
              "packet that is not for this process: body={0}, from={1}",
              packet.getBodyCase(),
              ProcessAddress.describe(from));
    }
  }

  private void replies(TaskReplies replies, long from) {
    if (replies.getLease() == 0) {
      machines.callers().onReplies(replies.getRepliesList(), from);
    } else {
      machines
          .submitter()
          .onReplies(replies.getLease(), replies.getRepliesList(), from, loop.nowNanos());
    }
  }

  private void spilled(LeaseSpilled spilled) {
    machines.submitter().onLeaseSpilled(spilled.getRequest(), spilled.getRaylet());
  }

  /** An answer; or, if nobody asked, the news that the owner freed the object. */
  private void objectValue(Packet packet) {
    if (packet.getCorrelation() != 0) {
      machines.requests().answer(packet);
    } else {
      machines
          .explicitFree()
          .onFreed(
              ObjectKey.of(packet.getObjectValue().getId()), packet.getObjectValue().getFailure());
    }
  }

  /** The first piece of an object answers the request for it. */
  private void piece(Packet packet) {
    if (packet.getCorrelation() == 0 || !machines.requests().answer(packet)) {
      machines.shared().onPiece(packet.getObjectPiece());
    }
  }

  private void actorState(Packet packet) {
    if (packet.getCorrelation() != 0) {
      machines.requests().answer(packet);
      return;
    }
    ActorState state = packet.getActorState();
    machines.callers().onActorState(state);
    if (state.getPhase() == ActorPhase.DEAD) {
      machines.actorArguments().onDead(ObjectKey.of(state.getId()));
    }
  }

  private void declaredDead(ProcessDied death) {
    dead.add(death.getAddress());
    died(death, false);
    machines.methods().onProcessDied(death.getAddress());
  }

  /**
   * Winds up what this process had to do with one that is dead, or that can't be reached: then it
   * may live and go on sending, so the functions that it defined stay.
   */
  private void died(ProcessDied death, boolean isGivenUp) {
    long address = death.getAddress();
    Failure failure =
        Failures.of(
            FailureKind.WORKER_DIED,
            ProcessAddress.describe(address)
                + (isGivenUp ? " can't be reached: reason=" : " died: reason=")
                + death.getReason());
    machines.router().onProcessDied(address);
    machines.functions().onProcessDied(address);
    if (isGivenUp) {
      // Of a death the GCS would tell the actors' callers; of this nobody else does. First, since
      // calls that are pushed from now on are not given up.
      machines.callers().onGivenUp(address, failure);
    }
    machines.requests().onProcessDied(address, failure);
    machines.slots().onProcessDied(address);
    machines.actorHost().onProcessDied(address);
    machines.replies().onProcessDied(address);
    if (isGivenUp) {
      machines.references().onGivenUp(address, death.getReason());
    } else {
      machines.references().onProcessDied(address, death.getReason());
    }
    machines.submitter().onProcessDied(death, loop.nowNanos());
  }

  private void undeliverable(Packet packet) {
    long address = packet.getUndeliverable().getAddress();
    Failure failure =
        Failures.of(
            FailureKind.WORKER_DIED,
            ProcessAddress.describe(address)
                + " can't be reached: reason="
                + packet.getUndeliverable().getReason());
    boolean isRequest =
        machines
            .requests()
            .unreachable(packet.getUndeliverable().getCorrelation(), address, failure);
    if (!isRequest && address != ProcessAddress.GCS) {
      died(
          ProcessDied.newBuilder()
              .setAddress(address)
              .setReason(packet.getUndeliverable().getReason())
              .build(),
          packet.getUndeliverable().getGivenUp());
    }
  }
}
