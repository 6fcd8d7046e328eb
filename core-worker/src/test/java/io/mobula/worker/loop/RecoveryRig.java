package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.CopyAnswer;
import io.mobula.proto.Failure;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.proto.Isolation;
import io.mobula.proto.Packet;
import io.mobula.proto.Resources;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskReply;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.lineage.ExplicitFree;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.RecordingOutbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An owner at process 1.1 whose tasks the test runs itself: what is pushed is in a list. */
final class RecoveryRig {
  static final long SELF = ProcessAddress.of(1, 1);
  static final long BORROWER = ProcessAddress.of(2, 4);
  static final long A = ProcessAddress.of(2, 0);
  static final long B = ProcessAddress.of(3, 0);

  private static final SchedulingClass ANY =
      new SchedulingClass(Resources.getDefaultInstance(), Isolation.SHARED);

  final RecordingOutbox outbox = new RecordingOutbox(SELF);
  final ObjectTable table = new ObjectTable();
  final References references = new References(table, outbox);
  final Lineage lineage;
  final ObjectRecovery recovery;
  final ExplicitFree explicitFree;
  final ArgumentResolver resolver;
  final TaskCompletion completion;

  /** Tasks whose arguments are there, in the order they would be pushed. */
  final List<PendingTask> ready = new ArrayList<>();

  /** What the askers of {@link #want} were told. */
  final List<String> told = new ArrayList<>();

  private long lastSequence;

  RecoveryRig() {
    this(Lineage.BYTES_MAX_DEFAULT);
  }

  RecoveryRig(long lineageBytesMax) {
    lineage = new Lineage(lineageBytesMax);
    references.tellWhenFreed(lineage);
    recovery = new ObjectRecovery(outbox, table, references, lineage, this::submit);
    explicitFree = new ExplicitFree(outbox, table, references, lineage, recovery);
    resolver = new ArgumentResolver(references, recovery);
    completion = new TaskCompletion(outbox, references, resolver, recovery);
  }

  /** Submits a task; its result is retained once for the program. */
  ObjectEntry submit(String name, int maxRetries, ObjectEntry... arguments) {
    PendingTask task = task(name, maxRetries, arguments);
    task.setSchedulingClass(ANY);
    submit(task);
    return task.result();
  }

  /** The result of an actor's method, stored at a node. */
  ObjectEntry call(String name, long location) {
    PendingTask call = task(name, 0);
    finish(call, stored(call.result(), location));
    return call.result();
  }

  /** An object that was put at a node. */
  ObjectEntry put(long location) {
    ObjectEntry entry = ObjectEntry.pending(new ObjectKey(SELF, ++lastSequence));
    table.add(entry);
    references.completeOwned(entry, stored(entry, location));
    return entry;
  }

  /** Another process's object that this one borrows and knows to be at a node. */
  ObjectEntry borrowed(long location) {
    ObjectEntry entry = table.retainOrCreate(new ObjectKey(BORROWER, ++lastSequence), SELF);
    entry.complete(stored(entry, location));
    return entry;
  }

  /** The only task that is ready runs, and stores its result at a node. */
  PendingTask run(long location) {
    PendingTask task = only();
    finish(task, stored(task.result(), location));
    return task;
  }

  /** The only task that is ready fails. */
  void fail(Failure failure) {
    completion.onCompleted(only(), new Outcome.Failed(failure), 0, null);
  }

  PendingTask only() {
    if (ready.size() != 1) {
      throw new AssertionError("one task expected: " + names());
    }
    return ready.removeFirst();
  }

  List<String> names() {
    return ready.stream().map(task -> task.name() + " " + task.attempt()).toList();
  }

  /** Submits and runs a task whose result is at a node. */
  ObjectEntry made(String name, int maxRetries, long location, ObjectEntry... arguments) {
    ObjectEntry result = submit(name, maxRetries, arguments);
    run(location);
    return result;
  }

  /** Somebody here could not get the object where it was said to be. */
  void want(String asker, ObjectEntry entry) {
    recovery.recover(entry, object(entry), () -> told.add(asker));
  }

  /** A borrower could not get the object that it was told of. */
  void awaitLost(ObjectKey key, StoredObject lost) {
    recovery.onAwaitLost(
        Packet.newBuilder()
            .setFrom(BORROWER)
            .setCorrelation(78)
            .setAwaitObject(AwaitObject.newBuilder().setId(key.toProto()).setLost(lost))
            .build());
  }

  /** A raylet says whether it has the copies that it was asked for. */
  void answer(long raylet, boolean isHeld) {
    for (Packet ask : outbox.take(Packet.BodyCase.ASK_COPY)) {
      if (ask.getTo() == raylet) {
        CopyAnswer.Builder answer =
            CopyAnswer.newBuilder().setId(ask.getAskCopy().getId()).setHeld(isHeld);
        outbox.answer(ask, Packet.newBuilder().setCopyAnswer(answer));
      }
    }
    recovery.decide();
  }

  void die(long raylet) {
    references.onProcessDied(raylet, "killed");
  }

  void drop(ObjectEntry entry) {
    references.release(entry);
    references.flush();
  }

  static StoredObject object(ObjectEntry entry) {
    if (entry.outcome() instanceof Outcome.Stored stored) {
      return stored.object();
    }
    throw new AssertionError("not stored: " + entry);
  }

  static Failure failure(ObjectEntry entry) {
    if (entry.outcome() instanceof Outcome.Failed failed) {
      return failed.failure();
    }
    throw new AssertionError("not failed: " + entry);
  }

  static Outcome.Stored stored(ObjectEntry entry, long location) {
    return stored(entry, location, 0);
  }

  static Outcome.Stored stored(ObjectEntry entry, long location, int attempt) {
    return new Outcome.Stored(
        StoredObject.newBuilder()
            .setId(entry.key().toProto())
            .setSizeBytes(1_000_000)
            .addLocations(location)
            .setAttempt(attempt)
            .build());
  }

  private void finish(PendingTask task, Outcome.Stored stored) {
    completion.onCompleted(
        task,
        stored,
        BORROWER,
        TaskReply.newBuilder()
            .setSequence(task.sequence())
            .setAttempt(task.attempt())
            .setStored(stored.object())
            .build());
  }

  private void submit(PendingTask task) {
    resolver.resolve(
        task, ready::add, (failed, outcome) -> completion.onCompleted(failed, outcome, 0, null));
  }

  PendingTask task(String name, int maxRetries, ObjectEntry... arguments) {
    ObjectEntry result = ObjectEntry.pending(new ObjectKey(SELF, ++lastSequence));
    result.retain();
    table.add(result);
    for (ObjectEntry argument : arguments) {
      argument.retain();
    }
    return new PendingTask(
        result,
        new RemoteTarget(1, FunctionDescriptor.getDefaultInstance(), name, null),
        name,
        maxRetries,
        new @Nullable TaskArgument[arguments.length],
        arguments.clone(),
        new ArrayList<>());
  }
}
