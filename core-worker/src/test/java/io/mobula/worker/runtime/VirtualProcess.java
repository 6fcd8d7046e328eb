package io.mobula.worker.runtime;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorState;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.proto.Undeliverable;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.execute.ActorHost;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.PeerMethods;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.net.Requests;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One process of a history: the real machines, wired as in the core worker, and a user's program
 * that holds references. Each process is an actor that the others call.
 */
final class VirtualProcess implements Outbox, TaskSlots.TaskQueue {
  private final long self;
  private final VirtualNetwork network;
  private final Requests requests = new Requests();
  private final ObjectTable table = new ObjectTable();
  private final SharedObjects shared = new SharedObjects(this);
  private final References references = new References(table, this);
  private final ArgumentResolver resolver = new ArgumentResolver(references);
  private final ActorCallers callers =
      new ActorCallers(
          this, resolver, new PeerFunctions(), new TaskCompletion(this, references, resolver));
  private final Replies replies = new Replies(this, table, references);
  private final ActorHost host = new ActorHost(new ArgumentFetcher(shared), replies);
  private final PeerMethods methods = new PeerMethods(VirtualProcess.class.getClassLoader());

  /** What the user's program holds: each entry is retained once for each time it is here. */
  final List<ObjectEntry> held = new ArrayList<>();

  /** Calls that wait for a thread. */
  final List<Execution> waiting = new ArrayList<>();

  VirtualProcess(long self, VirtualNetwork network) {
    this.self = self;
    this.network = network;
    host.open(ActorSpec.newBuilder().setId(actor(self).toProto()).build(), 1, this);
  }

  private static ObjectKey actor(long process) {
    return new ObjectKey(process, Long.MAX_VALUE);
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
    network.send(packet.setFrom(self).setTo(to).build());
  }

  @Override
  public void request(long to, Packet.Builder packet, ReplyHandler handler) {
    send(to, packet.setCorrelation(requests.open(to, handler)));
  }

  @Override
  public boolean isCongested(long to) {
    return false;
  }

  @Override
  public void add(Execution execution) {
    waiting.add(execution);
  }

  @Override
  public void end(boolean isInterrupted) {
    throw new AssertionError("no lease here");
  }

  ObjectTable table() {
    return table;
  }

  int openRequests() {
    return requests.size();
  }

  int handovers() {
    return replies.handovers();
  }

  /** put(value) with these inside. */
  void put(List<ObjectEntry> inside) {
    ObjectEntry entry =
        ObjectEntry.ready(
            new ObjectKey(self, network.nextSequence()), new Outcome.Inline(1, new byte[0]));
    inside.forEach(ObjectEntry::retain);
    entry.ownership().contained().addAll(inside);
    table.add(entry);
    held.add(entry);
  }

  /** Calls the actor at a process with these inside a value and these as references. */
  void call(long process, List<ObjectEntry> inside, List<ObjectEntry> arguments) {
    EncodedValue.Builder value = EncodedValue.newBuilder();
    inside.forEach(entry -> value.addReferences(entry.key().toProto()));
    inside.forEach(ObjectEntry::retain);
    arguments.forEach(ObjectEntry::retain);
    @Nullable TaskArgument[] values = new @Nullable TaskArgument[arguments.size() + 1];
    @Nullable ObjectEntry[] entries = new @Nullable ObjectEntry[arguments.size() + 1];
    values[0] = TaskArgument.newBuilder().setValue(value).build();
    for (int i = 0; i < arguments.size(); i++) {
      entries[i + 1] = arguments.get(i);
    }
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(self, network.nextSequence()));
    result.retain();
    table.add(result);
    held.add(result);
    RemoteTarget target =
        new RemoteTarget(1, FunctionDescriptor.getDefaultInstance(), "call", null);
    callers.call(
        actor(process),
        "actor",
        new PendingTask(result, target, "call", 0, values, entries, new ArrayList<>(inside)));
  }

  /**
   * Runs a call: its program gets all references that came with it, and answers with those of these
   * that are older than the answer, since objects inside each other would keep each other.
   */
  void run(Execution execution, List<ObjectEntry> chosen) {
    execution.start();
    List<ObjectEntry> result = new ArrayList<>(chosen);
    result.removeIf(entry -> entry.key().sequence() >= execution.spec().getSequence());
    for (TaskArgument argument : execution.spec().getArgumentsList()) {
      argument.getValue().getReferencesList().forEach(this::decode);
    }
    EncodedValue.Builder value = EncodedValue.newBuilder();
    result.forEach(entry -> value.addReferences(entry.key().toProto()));
    result.forEach(ObjectEntry::retain);
    replies.keep(execution, result);
    host.onFinished(
        execution,
        TaskReply.newBuilder().setSequence(execution.spec().getSequence()).setValue(value).build());
  }

  private void decode(ObjectId id) {
    ObjectEntry entry = table.retainOrCreate(ObjectKey.of(id), self);
    references.borrow(entry);
    held.add(entry);
  }

  /** get(reference): asks for the value, or decodes what is inside it if it is here. */
  void get(ObjectEntry entry) {
    references.borrow(entry);
    references.await(entry);
    List.copyOf(entry.ownership().contained()).forEach(inner -> decode(inner.key().toProto()));
  }

  /** The program drops a reference. */
  void drop(ObjectEntry entry) {
    held.remove(entry);
    references.release(entry);
  }

  /** The end of a turn. */
  void flush() {
    references.flush();
    replies.flush();
  }

  void receive(Packet packet) {
    switch (packet.getBodyCase()) {
      case PUSH_CALLS -> host.onPush(packet.getFrom(), packet.getPushCalls(), methods);
      case TASK_REPLIES ->
          callers.onReplies(packet.getTaskReplies().getRepliesList(), packet.getFrom());
      case REFERENCES_RECEIVED ->
          replies.onReferencesReceived(
              packet.getFrom(), packet.getReferencesReceived().getSequencesList());
      case ADD_BORROWER -> references.onAddBorrower(packet);
      case REMOVE_BORROWER -> references.onRemoveBorrower(packet);
      case AWAIT_OBJECT -> references.onAwaitObject(packet);
      case OBJECT_VALUE, BORROWER_ADDED -> requests.answer(packet);
      case ACTOR_STATE -> callers.onActorState(packet.getActorState());
      case UNDELIVERABLE -> undeliverable(packet.getUndeliverable());
      case PROCESS_DIED -> died(packet.getProcessDied().getAddress());
      default -> throw new AssertionError("unexpected: " + packet);
    }
  }

  /** As in the packet dispatcher. */
  private void undeliverable(Undeliverable news) {
    Failure failure = Failures.of(FailureKind.WORKER_DIED, "out of reach");
    if (!requests.unreachable(news.getCorrelation(), news.getAddress(), failure)) {
      died(news.getAddress());
    }
  }

  /** The GCS's word that the actor at a process lives. */
  static ActorState alive(long process) {
    return ActorState.newBuilder()
        .setId(actor(process).toProto())
        .setPhase(ActorPhase.ALIVE)
        .setWorker(process)
        .setIncarnation(1)
        .build();
  }

  /** As in the packet dispatcher; the actor's death comes with it. */
  private void died(long dead) {
    Failure failure = Failures.of(FailureKind.WORKER_DIED, "killed");
    requests.onProcessDied(dead, failure);
    host.onProcessDied(dead);
    replies.onProcessDied(dead);
    references.onProcessDied(dead, "killed");
    callers.onActorState(
        alive(dead).toBuilder().setPhase(ActorPhase.DEAD).setDeathCause(failure).build());
  }
}
