package io.mobula.worker.loop;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.Undeliverable;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.execute.ActorHost;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.LostArguments;
import io.mobula.worker.execute.PeerMethods;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.lineage.ExplicitFree;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.DeadProcesses;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.net.Requests;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.own.References;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import io.mobula.worker.submit.TaskSubmitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One process of a history: the real machines, wired as in the core worker. What its user's program
 * does is {@link VirtualProgram}'s. Each process is a worker that takes leases, and an actor that
 * the others call.
 */
final class VirtualProcess implements Outbox, VirtualNetwork.Station {
  /** Is told of what happens in this process before it does. */
  interface Witness {
    /** It winds up what it had to do with another, which is dead or was given up. */
    default void windsUp(long address) {}

    /** The owner of an object frees it. */
    default void frees(ObjectKey key) {}
  }

  private final long self;
  private final VirtualNetwork network;
  private final ArrayDeque<Packet> toSelf = new ArrayDeque<>();
  private final List<Long> closedLeases = new ArrayList<>();
  private final Requests requests = new Requests();
  private final ObjectTable table = new ObjectTable();
  private final SharedObjects shared = new SharedObjects(this);
  private final References references = new References(table, this);
  private final Lineage lineage;
  private final ObjectRecovery recovery;
  private final ExplicitFree explicitFree;
  private final ArgumentResolver resolver;
  private final PeerFunctions functions = new PeerFunctions();
  private final ActorCallers callers;
  private final TaskSubmitter submitter;
  private final Replies replies = new Replies(this, table, references);
  private final ArgumentFetcher fetcher = new ArgumentFetcher(shared);
  private final ActorHost host = new ActorHost(new LostArguments(this, fetcher), replies);
  private final TaskSlots slots =
      new TaskSlots(this, fetcher, Threads::new, replies, RunningBoard.unwatched());
  private final PeerMethods methods = new PeerMethods(VirtualProcess.class.getClassLoader());
  private final DeadProcesses dead = new DeadProcesses();
  private final Pushes pushes = new Pushes();
  private Witness witness = new Witness() {};
  private long nowNanos;

  /** Work that waits for a thread. */
  final List<Execution> waiting = new ArrayList<>();

  VirtualProcess(long self, VirtualNetwork network, long lineageBytesMax) {
    this.self = self;
    this.network = network;
    this.lineage = new Lineage(lineageBytesMax);
    this.recovery = new ObjectRecovery(this, table, references, lineage, this::resubmit);
    this.explicitFree = new ExplicitFree(this, table, references, lineage, recovery);
    this.resolver = new ArgumentResolver(references, recovery);
    TaskCompletion completion = new TaskCompletion(this, references, resolver, recovery);
    this.callers = new ActorCallers(this, resolver, functions, completion);
    this.submitter = new TaskSubmitter(this, resolver, functions, completion, 1);
    references.tellWhenFreed(lineage);
    host.open(
        ActorSpec.newBuilder().setId(VirtualGcs.actor(self).toProto()).build(), 1, new Threads(0L));
    network.add(self, this);
  }

  @Override
  public long self() {
    return self;
  }

  @Override
  public long raylet() {
    return ProcessAddress.rayletOf(self);
  }

  @Override
  public void send(long to, Packet.Builder packet) {
    Packet built = packet.setFrom(self).setTo(to).build();
    pushes.onSent(built);
    if (to == self) {
      toSelf.addLast(built);
    } else {
      network.sendFromProcess(built);
    }
  }

  @Override
  public void request(long to, Packet.Builder packet, ReplyHandler handler) {
    send(to, packet.setCorrelation(requests.open(to, handler)));
  }

  @Override
  public boolean isCongested(long to) {
    return false;
  }

  ObjectTable table() {
    return table;
  }

  References references() {
    return references;
  }

  Lineage lineage() {
    return lineage;
  }

  ObjectRecovery recovery() {
    return recovery;
  }

  ExplicitFree explicitFree() {
    return explicitFree;
  }

  /** What it has sent to workers and actors, and may be answered. */
  Pushes pushes() {
    return pushes;
  }

  void watch(Witness onlooker) {
    witness = onlooker;
  }

  SharedObjects shared() {
    return shared;
  }

  ActorCallers callers() {
    return callers;
  }

  TaskSubmitter submitter() {
    return submitter;
  }

  Replies replies() {
    return replies;
  }

  long nowNanos() {
    return nowNanos;
  }

  int openRequests() {
    return requests.size();
  }

  /** As in the core worker. */
  private void resubmit(PendingTask task) {
    SchedulingClass schedulingClass = task.schedulingClass();
    if (schedulingClass == null) {
      throw new AssertionError("not a task: " + task.name());
    }
    submitter.submit(task, schedulingClass, nowNanos);
  }

  /** A thread waits for arguments that were let go. */
  void want(Execution execution) {
    fetcher.want(execution);
  }

  /** Goes on with an execution whose arguments were let go; whether there was one. */
  boolean resumeFetch() {
    if (!fetcher.hasPaused()) {
      return false;
    }
    nowNanos += 3_000_000_000L;
    fetcher.resume(nowNanos);
    return true;
  }

  /** A thread has read the arguments. */
  void argumentsRead(Execution execution) {
    fetcher.release(execution);
  }

  /** A task or call that ran here is over. As in the machines' wiring. */
  void finish(Execution execution, io.mobula.proto.TaskReply reply, List<ObjectEntry> contained) {
    replies.keep(execution, contained);
    if (execution.lease() == 0) {
      host.onFinished(execution, reply);
    } else {
      slots.onFinished(execution, reply);
    }
  }

  /** Time goes on. */
  void tick(long nanos) {
    nowNanos += nanos;
    submitter.onTick(nowNanos);
    fetcher.resume(nowNanos);
  }

  /** The end of a turn. As in the core worker. */
  void flush() {
    do {
      for (long lease : List.copyOf(closedLeases)) {
        closedLeases.remove(lease);
        slots.onClosed(lease);
      }
      recovery.decide();
      references.flush();
      replies.flush();
    } while (deliverToSelf() || !closedLeases.isEmpty());
  }

  private boolean deliverToSelf() {
    Packet packet = toSelf.pollFirst();
    if (packet == null) {
      return false;
    }
    dispatch(packet);
    return true;
  }

  @Override
  public void onPacket(Packet packet) {
    dispatch(packet);
    flush();
  }

  /** The router forgets the link, and asks the raylet from then on. */
  @Override
  public void onLinkEnd(long from) {
    if (from == raylet()) {
      throw new AssertionError("outlived its raylet");
    }
  }

  /** As in the packet dispatcher. */
  private void dispatch(Packet packet) {
    long from = packet.getFrom();
    if (dead.contains(from)) {
      return;
    }
    switch (packet.getBodyCase()) {
      case PUSH_TASKS -> slots.onPush(from, packet.getPushTasks(), methods);
      case PUSH_CALLS -> host.onPush(from, packet.getPushCalls(), methods);
      case TASK_REPLIES -> replied(packet);
      case RECALL_TASKS -> slots.onRecall(from, packet.getRecallTasks().getLease());
      case RETURNED_TASKS -> submitter.onReturned(packet.getReturnedTasks(), from, nowNanos);
      case REFERENCES_RECEIVED ->
          replies.onReferencesReceived(from, packet.getReferencesReceived().getReceiptsList());
      case YIELD_ARGUMENTS ->
          fetcher.giveWay(
              packet.getYieldArguments().hasKeep()
                  ? ObjectKey.of(packet.getYieldArguments().getKeep())
                  : null,
              nowNanos);
      case LEASE_ENDED -> submitter.onLeaseEnded(packet.getLeaseEnded(), from, nowNanos);
      case LEASE_GRANTED -> submitter.onLeaseGranted(packet.getLeaseGranted(), from, nowNanos);
      case LEASE_SPILLED ->
          submitter.onLeaseSpilled(
              packet.getLeaseSpilled().getRequest(), packet.getLeaseSpilled().getRaylet());
      case LEASE_REFUSED ->
          submitter.onLeaseRefused(
              packet.getLeaseRefused().getRequest(), packet.getLeaseRefused().getFailure());
      case REVOKE_LEASE -> slots.onRevoke(packet.getRevokeLease().getLease());
      case AWAIT_OBJECT -> {
        if (packet.getAwaitObject().hasLost()) {
          recovery.onAwaitLost(packet);
        } else {
          references.onAwaitObject(packet);
        }
      }
      case ADD_BORROWER -> references.onAddBorrower(packet);
      case REMOVE_BORROWER -> references.onRemoveBorrower(packet);
      case LOCATION_ADDED ->
          references.onLocationAdded(
              ObjectKey.of(packet.getLocationAdded().getId()),
              packet.getLocationAdded().getRaylet(),
              packet.getLocationAdded().getPrimary(),
              packet.getLocationAdded().getAttempt());
      case LOCATION_REMOVED ->
          references.onLocationRemoved(
              ObjectKey.of(packet.getLocationRemoved().getId()),
              packet.getLocationRemoved().getRaylet(),
              packet.getLocationRemoved().getAttempt());
      case ACTOR_STATE -> callers.onActorState(packet.getActorState());
      case FREE_OBJECT -> {
        ObjectKey key = ObjectKey.of(packet.getFreeObject().getId());
        witness.frees(key);
        explicitFree.onFreeObject(key);
      }
      case OBJECT_VALUE -> {
        if (packet.getCorrelation() != 0) {
          requests.answer(packet);
        } else {
          explicitFree.onFreed(
              ObjectKey.of(packet.getObjectValue().getId()), packet.getObjectValue().getFailure());
        }
      }
      case BORROWER_ADDED, COPY_ANSWER, OBJECT_AVAILABLE, STORE_FAILURE -> requests.answer(packet);
      case UNDELIVERABLE -> undeliverable(packet.getUndeliverable());
      case PROCESS_DIED -> declaredDead(packet.getProcessDied());
      default -> throw new AssertionError("unexpected: " + packet);
    }
  }

  private void replied(Packet packet) {
    long lease = packet.getTaskReplies().getLease();
    if (lease == 0) {
      callers.onReplies(packet.getTaskReplies().getRepliesList(), packet.getFrom());
    } else {
      submitter.onReplies(
          lease, packet.getTaskReplies().getRepliesList(), packet.getFrom(), nowNanos);
    }
  }

  private void undeliverable(Undeliverable news) {
    Failure failure = Failures.of(FailureKind.WORKER_DIED, "out of reach");
    if (!requests.unreachable(news.getCorrelation(), news.getAddress(), failure)
        && news.getAddress() != ProcessAddress.GCS) {
      died(ProcessDied.newBuilder().setAddress(news.getAddress()).build(), news.getGivenUp());
    }
  }

  private void declaredDead(ProcessDied death) {
    dead.add(death.getAddress());
    died(death, false);
    methods.onProcessDied(death.getAddress());
  }

  private void died(ProcessDied death, boolean isGivenUp) {
    long address = death.getAddress();
    witness.windsUp(address);
    pushes.onLost(address);
    Failure failure = Failures.of(FailureKind.WORKER_DIED, "killed");
    // The router closes its link.
    network.closeUnread(address, self);
    functions.onProcessDied(address);
    if (isGivenUp) {
      callers.onGivenUp(address, failure);
    }
    requests.onProcessDied(address, failure);
    slots.onProcessDied(address);
    host.onProcessDied(address);
    replies.onProcessDied(address);
    if (isGivenUp) {
      references.onGivenUp(address, "out of reach");
    } else {
      references.onProcessDied(address, "killed");
    }
    submitter.onProcessDied(death, isGivenUp, nowNanos);
  }

  /** The thread side of a slot, or of the actor: takes work when the history says so. */
  private final class Threads implements TaskSlots.TaskQueue {
    private final long lease;

    Threads(Long lease) {
      this.lease = lease;
    }

    @Override
    public void add(Execution execution) {
      waiting.add(execution);
    }

    @Override
    public void end(boolean isInterrupted) {
      closedLeases.add(lease);
    }
  }
}
