package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.Isolation;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.Resources;
import io.mobula.proto.SealObject;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the user's program of a process does in a history, as the core worker's user side does it.
 * Tells the onlooker of each reference that comes into being.
 */
final class VirtualProgram {
  /** Bytes that the program reads in place. */
  record View(ObjectKey key, MappedObject object) {}

  private static final SchedulingClass TASKS =
      new SchedulingClass(
          Resources.newBuilder().putAmounts("CPU", 10_000).build(), Isolation.SHARED);

  private final VirtualProcess process;
  private final VirtualNetwork network;
  private final VirtualRaylet raylet;
  private final OwnershipOracle oracle;

  /** References: each entry is retained once for each time it is here. */
  final List<ObjectEntry> held = new ArrayList<>();

  /** References that the program waits for, to read the value and drop them. */
  final List<ObjectEntry> wanted = new ArrayList<>();

  final List<View> views = new ArrayList<>();

  /** Tasks and calls that run. */
  final List<Execution> running = new ArrayList<>();

  VirtualProgram(
      VirtualProcess process,
      VirtualNetwork network,
      VirtualRaylet raylet,
      OwnershipOracle oracle) {
    this.process = process;
    this.network = network;
    this.raylet = raylet;
    this.oracle = oracle;
    process.watch(
        new VirtualProcess.Witness() {
          @Override
          public void windsUp(long address) {
            oracle.windsUp(VirtualProgram.this, address);
          }

          @Override
          public void frees(ObjectKey key) {
            oracle.frees(VirtualProgram.this, key);
          }
        });
  }

  long self() {
    return process.self();
  }

  VirtualRaylet raylet() {
    return raylet;
  }

  VirtualProcess process() {
    return process;
  }

  /** put(value) with these inside. */
  ObjectEntry put(List<ObjectEntry> inside, boolean isStored) {
    ObjectKey key = new ObjectKey(self(), network.nextSequence());
    Outcome outcome = isStored ? store(key, 0, inside) : new Outcome.Inline(1, new byte[0]);
    ObjectEntry entry = ObjectEntry.ready(key, outcome);
    inside.forEach(ObjectEntry::retain);
    entry.ownership().contained().addAll(inside);
    if (isStored) {
      entry.ownership().locations().add(process.raylet());
    }
    process.table().add(entry);
    held.add(entry);
    oracle.made(key, keys(inside), isStored);
    return entry;
  }

  /** Calls the actor at a process with these inside a value and these as references. */
  void call(
      long actor, List<ObjectEntry> inside, List<ObjectEntry> arguments, boolean mayRunTwice) {
    PendingTask call = pending(inside, arguments, mayRunTwice ? 2 : 0, false);
    process.callers().call(VirtualGcs.actor(actor), "actor", call);
  }

  /** Submits a task likewise. */
  void submit(List<ObjectEntry> inside, List<ObjectEntry> arguments) {
    process.submitter().submit(pending(inside, arguments, 2, true), TASKS, process.nowNanos());
  }

  private PendingTask pending(
      List<ObjectEntry> inside, List<ObjectEntry> arguments, int maxRetries, boolean isTask) {
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
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(self(), network.nextSequence()));
    result.retain();
    process.table().add(result);
    held.add(result);
    oracle.submitted(self(), result.key(), keys(inside), keys(arguments), isTask);
    RemoteTarget target =
        new RemoteTarget(1, FunctionDescriptor.getDefaultInstance(), "call", null);
    return new PendingTask(
        result, target, "call", maxRetries, values, entries, new ArrayList<>(inside));
  }

  /**
   * A thread begins with a task: the program has all references that came with it.
   *
   * @return these
   */
  List<ObjectEntry> start(Execution execution) {
    process.waiting.remove(execution);
    List<ObjectEntry> received = new ArrayList<>();
    if (!execution.start()) {
      if (execution.isYielded()) {
        // The thread waits.
        process.waiting.add(execution);
        process.want(execution);
      }
      return received;
    }
    running.add(execution);
    process.argumentsRead(execution);
    for (TaskArgument argument : execution.spec().getArgumentsList()) {
      List<ObjectId> inside =
          argument.hasStored()
              ? argument.getStored().getReferencesList()
              : argument.getValue().getReferencesList();
      for (ObjectId id : inside) {
        oracle.received(self(), execution.owner(), execution.spec(), ObjectKey.of(id));
        received.add(decode(id));
      }
    }
    return received;
  }

  /**
   * A task ends with these of these references in its result that are older than it, since objects
   * inside each other would keep each other.
   */
  void end(Execution execution, List<ObjectEntry> chosen, boolean isStored) {
    running.remove(execution);
    List<ObjectEntry> result = new ArrayList<>(chosen);
    List<ObjectKey> before = oracle.resultBefore(key(execution));
    if (before != null) {
      // Most functions return the same when they run again, as far as they still can.
      result.clear();
      before.forEach(key ->
          held.stream()
              .filter(entry -> entry.key().equals(key))
              .findFirst()
              .ifPresent(result::add));
    }
    result.removeIf(entry -> entry.key().sequence() >= execution.spec().getSequence());
    result.forEach(ObjectEntry::retain);
    TaskReply.Builder reply =
        TaskReply.newBuilder()
            .setSequence(execution.spec().getSequence())
            .setAttempt(execution.spec().getAttempt());
    if (isStored) {
      int attempt = execution.spec().getAttempt();
      reply.setStored(store(key(execution), attempt, result).object());
    } else {
      EncodedValue.Builder value = EncodedValue.newBuilder();
      result.forEach(entry -> value.addReferences(entry.key().toProto()));
      reply.setValue(value);
    }
    oracle.ended(key(execution), execution.spec().getAttempt(), keys(result), self(), isStored);
    process.finish(execution, reply.build(), result);
  }

  /** get(reference): asks for the value, or reads it if it is here. */
  void get(ObjectEntry entry, boolean isView) {
    process.references().borrow(entry);
    process.references().await(entry);
    switch (entry.outcome()) {
      case Outcome.Inline _ -> decodeContained(entry);
      case Outcome.Stored stored -> {
        entry.retain();
        process
            .shared()
            .fetch(stored.object(), FetchPurpose.GET, new Reader(entry, stored.object(), isView));
      }
      case Outcome.Failed _ -> {
        // The program gets an exception.
      }
      case null -> {
        // It asks again later.
      }
    }
  }

  /** get(reference) by a program that waits, and has no use for the reference afterwards. */
  void take(ObjectEntry entry) {
    process.references().borrow(entry);
    process.references().await(entry);
    wanted.add(entry);
  }

  /** What was waited for is there. */
  void takeReady() {
    for (ObjectEntry entry : List.copyOf(wanted)) {
      if (entry.isReady()) {
        wanted.remove(entry);
        if (held.contains(entry)) {
          get(entry, false);
          drop(entry);
        }
      }
    }
  }

  /** The program copies a reference. */
  void copy(ObjectEntry entry) {
    entry.retain();
    held.add(entry);
  }

  /** free(reference); the program keeps the reference. */
  void free(ObjectEntry entry) {
    if (entry.key().owner() == self()) {
      oracle.frees(this, entry.key());
    } else {
      oracle.freeAsked(entry.key());
    }
    process.explicitFree().free(entry);
  }

  /** The program drops a reference. */
  void drop(ObjectEntry entry) {
    held.remove(entry);
    process.references().release(entry);
  }

  /** As far as it holds them still. */
  void drop(List<ObjectEntry> entries) {
    for (ObjectEntry entry : entries) {
      if (held.contains(entry)) {
        drop(entry);
      }
    }
  }

  void drop(View view) {
    views.remove(view);
    process.shared().endUse(view.key, view.object);
  }

  private void decodeContained(ObjectEntry entry) {
    List.copyOf(entry.ownership().contained()).forEach(inner -> decode(inner.key().toProto()));
  }

  private ObjectEntry decode(ObjectId id) {
    ObjectEntry entry = process.table().retainOrCreate(ObjectKey.of(id), self());
    process.references().borrow(entry);
    held.add(entry);
    return entry;
  }

  private Outcome.Stored store(ObjectKey key, int attempt, List<ObjectEntry> inside) {
    raylet.store().create(key, self(), attempt);
    process.send(
        process.raylet(),
        Packet.newBuilder().setSealObject(SealObject.newBuilder().setId(key.toProto())));
    StoredObject.Builder stored =
        StoredObject.newBuilder()
            .setId(key.toProto())
            .setSizeBytes(1)
            .addLocations(process.raylet());
    inside.forEach(entry -> stored.addReferences(entry.key().toProto()));
    return new Outcome.Stored(stored.build());
  }

  private static ObjectKey key(Execution execution) {
    return new ObjectKey(execution.owner(), execution.spec().getSequence());
  }

  private static List<ObjectKey> keys(List<ObjectEntry> entries) {
    return entries.stream().map(ObjectEntry::key).toList();
  }

  /** A get of a stored object; keeps the reference as long. */
  private final class Reader implements SharedObjects.Listener {
    private final ObjectEntry entry;
    private final StoredObject lost;
    private final boolean isView;

    Reader(ObjectEntry entry, StoredObject lost, boolean isView) {
      this.entry = entry;
      this.lost = lost;
      this.isView = isView;
    }

    @Override
    public void onMapped(MappedObject object) {
      decodeContained(entry);
      if (isView) {
        views.add(new View(entry.key(), object));
      } else {
        process.shared().endUse(entry.key(), object);
      }
      process.references().release(entry);
    }

    @Override
    public void onFailed(Failure failure) {
      if (failure.getKind() == FailureKind.OBJECT_UNREACHABLE) {
        // The program gets an exception, and may try again.
        process.references().release(entry);
        return;
      }
      if (!failure.getMessage().equals(VirtualRaylet.TAKEN_FOR_LOST)) {
        oracle.unreadable(entry.key(), self());
      }
      process
          .recovery()
          .recover(
              entry,
              lost,
              () -> {
                if (entry.outcome() instanceof Outcome.Inline) {
                  decodeContained(entry);
                }
                process.references().release(entry);
              });
    }
  }

  @Override
  public String toString() {
    return ProcessAddress.describe(self());
  }
}
