package io.mobula.worker.execute;

import io.mobula.agent.board.RunningBoard;
import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.BorrowerAdded;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.FunctionDefinition;
import io.mobula.proto.ObjectAvailable;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import io.mobula.proto.PushTasks;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.own.References;
import io.mobula.worker.own.SharedObjects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A worker at process 1.9 whose threads are lists: the test starts and finishes what they hold. */
final class ExecuteRig {
  static final long SELF = ProcessAddress.of(1, 9);
  static final long RAYLET = ProcessAddress.of(1, 0);
  static final long OWNER = ProcessAddress.of(2, 1);
  static final long OTHER_OWNER = ProcessAddress.of(3, 1);

  final RecordingOutbox outbox = new RecordingOutbox(SELF);
  final ObjectTable table = new ObjectTable();
  final SharedObjects shared = new SharedObjects(outbox);
  final References references = new References(table, outbox);
  final ArgumentFetcher fetcher = new ArgumentFetcher(shared);
  final Replies replies = new Replies(outbox, table, references);
  final PeerMethods methods = new PeerMethods(ExecuteRig.class.getClassLoader());
  final Map<Long, ListQueue> queues = new HashMap<>();
  final TaskSlots slots =
      new TaskSlots(outbox, fetcher, this::newQueue, replies, RunningBoard.unwatched());

  /** The thread side of a slot, as a list. */
  static final class ListQueue implements TaskSlots.TaskQueue {
    final List<Execution> added = new ArrayList<>();
    final List<Boolean> ends = new ArrayList<>();

    @Override
    public void add(Execution execution) {
      added.add(execution);
    }

    @Override
    public void end(boolean isInterrupted) {
      ends.add(isInterrupted);
    }

    List<String> names() {
      return added.stream().map(Execution::name).toList();
    }
  }

  private ListQueue newQueue(long lease) {
    ListQueue queue = new ListQueue();
    if (queues.put(lease, queue) != null) {
      throw new AssertionError("two threads for a lease: lease=" + lease);
    }
    return queue;
  }

  static TaskSpec spec(long sequence, TaskArgument... arguments) {
    return TaskSpec.newBuilder()
        .setSequence(sequence)
        .setFunction(1)
        .setName("t" + sequence)
        .addAllArguments(List.of(arguments))
        .build();
  }

  /** An argument in the store, with references to these inside. */
  static TaskArgument stored(long sequence, ObjectId... inside) {
    return TaskArgument.newBuilder()
        .setStored(
            StoredObject.newBuilder()
                .setId(new ObjectKey(OWNER, sequence).toProto())
                .setSizeBytes(10)
                .addAllReferences(List.of(inside)))
        .build();
  }

  /** An inline argument with references to these inside. */
  static TaskArgument inline(ObjectId... inside) {
    return TaskArgument.newBuilder()
        .setValue(EncodedValue.newBuilder().addAllReferences(List.of(inside)))
        .build();
  }

  void push(long lease, TaskSpec... specs) {
    slots.onPush(
        OWNER,
        PushTasks.newBuilder()
            .setLease(lease)
            .addDefinitions(FunctionDefinition.newBuilder().setNumber(1))
            .addAllTasks(List.of(specs))
            .build(),
        methods);
  }

  static TaskReply done(Execution execution) {
    return TaskReply.newBuilder()
        .setSequence(execution.spec().getSequence())
        .setAttempt(execution.spec().getAttempt())
        .setValue(EncodedValue.getDefaultInstance())
        .build();
  }

  /** Answers the one open fetch. */
  void arrive() {
    arrive(outbox.takeOnly(BodyCase.FETCH_OBJECT));
  }

  void arrive(Packet fetch) {
    outbox.answer(
        fetch,
        Packet.newBuilder()
            .setObjectAvailable(
                ObjectAvailable.newBuilder()
                    .setId(fetch.getFetchObject().getObject().getId())
                    .setSizeBytes(10)));
  }

  /** Answers the one open registration. */
  void registered() {
    outbox.answer(
        outbox.takeOnly(BodyCase.ADD_BORROWER),
        Packet.newBuilder().setBorrowerAdded(BorrowerAdded.getDefaultInstance()));
  }

  /** The sequences answered to an owner since the last look. */
  List<Long> answered(long owner) {
    replies.flush();
    return outbox.take(BodyCase.TASK_REPLIES).stream()
        .filter(packet -> packet.getTo() == owner)
        .flatMap(packet -> packet.getTaskReplies().getRepliesList().stream())
        .map(TaskReply::getSequence)
        .toList();
  }

  /** The sequences given back since the last look, one list a packet. */
  List<List<Long>> returned() {
    return outbox.take(BodyCase.RETURNED_TASKS).stream()
        .map(packet -> packet.getReturnedTasks().getTasksList())
        .toList();
  }
}
