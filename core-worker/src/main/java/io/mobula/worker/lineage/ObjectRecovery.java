package io.mobula.worker.lineage;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.AskCopy;
import io.mobula.proto.AwaitObject;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.failure.LossFailures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership;
import io.mobula.worker.own.Countdown;
import io.mobula.worker.own.LostObjects;
import io.mobula.worker.own.References;
import io.mobula.worker.own.Values;
import io.mobula.worker.submit.PendingTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stored objects whose copies are lost and that somebody wants. Owner thread: the core worker's
 * loop.
 *
 * <h2>How it works</h2>
 *
 * <p>Nothing happens when a node dies but that its copies are struck off. Whoever then wants an
 * object and can't get it says so here, with what it knew: its locations and the attempt that made
 * it.
 *
 * <p><b>The owner</b> believes no reader: one that can't reach a copy must not take it from others.
 * It asks the raylets that are said to have none. If the object has other locations, is of a newer
 * attempt, or one of those asked has a copy after all, that is the answer. If all of them deny it,
 * or are dead or given up, its task runs again, once however many want the object, with the next
 * attempt's number; what the task needs and is freed is made again before, in the same way, and
 * what it needs and is lost too is found out and recovered before the task is pushed. The new
 * outcome takes the place of the old. If the task can't run again the object has failed, for
 * everybody and for good, with the reason.
 *
 * <p><b>A borrower</b> asks the owner, once however many want the object here.
 *
 * <pre>
 *   READY (stored) --lost, wanted--> OPEN --confirmed, made again, failed, other locations--> READY
 * </pre>
 */
public final class ObjectRecovery implements LostObjects {
  private final Outbox outbox;
  private final ObjectTable table;
  private final References references;
  private final Lineage lineage;
  private final Consumer<PendingTask> resubmit;
  private final Map<ObjectKey, List<Runnable>> open = new HashMap<>();
  private final ArrayDeque<Remake> remakes = new ArrayDeque<>();
  private final List<Inquiry> ended = new ArrayList<>();
  private boolean isRemaking;

  /** A task about to run again, and the entry that awaits its result, retained for it. */
  private record Remake(KeptTask task, ObjectEntry result) {}

  /**
   * @param resubmit runs a task; its scheduling class is the one it was first submitted with
   */
  public ObjectRecovery(
      Outbox outbox,
      ObjectTable table,
      References references,
      Lineage lineage,
      Consumer<PendingTask> resubmit) {
    this.outbox = outbox;
    this.table = table;
    this.references = references;
    this.lineage = lineage;
    this.resubmit = resubmit;
  }

  /** Objects that are being recovered. For inspection. */
  public int size() {
    return open.size();
  }

  @Override
  public void recover(ObjectEntry entry, StoredObject lost, Runnable whenSettled) {
    if (!(entry.outcome() instanceof Outcome.Stored now)) {
      whenSettled.run();
      return;
    }
    List<Runnable> others = open.get(entry.key());
    if (others != null) {
      others.add(whenSettled);
      return;
    }
    if (references.isOwned(entry)) {
      List<Long> denied = denied(entry, now.object(), lost);
      boolean hasOthers = entry.ownership().locations().size() > denied.size();
      List<Runnable> waiting = hasOthers ? List.of() : begin(entry, whenSettled);
      new Inquiry(entry, now.object(), waiting).ask(denied);
      if (hasOthers) {
        whenSettled.run();
      } else if (denied.isEmpty()) {
        remake(entry);
      }
    } else if (isNews(now.object(), lost)) {
      whenSettled.run();
    } else {
      begin(entry, whenSettled);
      outbox.request(
          entry.key().owner(),
          Packet.newBuilder()
              .setAwaitObject(AwaitObject.newBuilder().setId(entry.key().toProto()).setLost(lost)),
          new OwnersAnswer(entry));
    }
  }

  /** The locations of an object that somebody found empty. */
  private static List<Long> denied(ObjectEntry entry, StoredObject now, StoredObject lost) {
    if (lost.getAttempt() != now.getAttempt()) {
      return List.of();
    }
    return lost.getLocationsList().stream()
        .distinct()
        .filter(entry.ownership().locations()::contains)
        .toList();
  }

  /**
   * Has made again what all who were asked deny. Call it once a turn: when they deny it because
   * they are dead, everything else must have heard of that first.
   */
  public void decide() {
    while (!ended.isEmpty()) {
      ended.removeFirst().decide();
    }
  }

  /** The one that would have been told no longer waits. */
  public void forget(ObjectKey key, Runnable whenSettled) {
    List<Runnable> waiting = open.get(key);
    if (waiting != null) {
      waiting.remove(whenSettled);
    }
  }

  /** A borrower could not get an object of ours. */
  public void onAwaitLost(Packet packet) {
    StoredObject lost = packet.getAwaitObject().getLost();
    ObjectKey key = ObjectKey.of(packet.getAwaitObject().getId());
    ObjectEntry entry = table.find(key);
    if (entry == null) {
      answer(packet, key, new Outcome.Failed(LossFailures.unreferenced(key)), List.of());
      return;
    }
    entry.whenReady(ready ->
        recover(
            ready,
            lost,
            () -> {
              Outcome outcome = ready.outcome();
              if (outcome != null) {
                answer(packet, key, outcome, ready.ownership().contained());
              }
            }));
  }

  /** Whether the task's result is an object that was lost, not a new one. */
  public boolean isRemaking(PendingTask task) {
    return task.result().ownership().isRemade();
  }

  /**
   * A task is over whose result, being in a store, may be lost one day. Call it before the task
   * lets go of its arguments.
   */
  public void onStored(PendingTask task) {
    if (task.schedulingClass() != null && task.maxRetries() != 0) {
      lineage.keep(task, task.schedulingClass()).forEach(references::release);
    }
  }

  /** A task that ran again is over. */
  public void onRemade(PendingTask task, Outcome outcome, List<ObjectId> inside) {
    ObjectEntry entry = task.result();
    entry.ownership().setRemade(false);
    replace(entry, explained(task, outcome), inside);
    settle(entry);
  }

  /** An object that was ready has failed for good; whoever waits for it to be recovered learns. */
  void fail(ObjectEntry entry, Failure failure) {
    entry.ownership().setRemade(false);
    replace(entry, new Outcome.Failed(failure), List.of());
    settle(entry);
  }

  /** An object that has failed stays so: its task is of use only to what depends on the object. */
  private void replace(ObjectEntry entry, Outcome outcome, List<ObjectId> inside) {
    references.replace(entry, outcome, inside);
    if (outcome instanceof Outcome.Failed) {
      lineage.onFreed(entry.key()).forEach(references::release);
    }
  }

  /** The cluster is lost or this process closes. */
  public void failAll(Failure failure) {
    for (ObjectKey key : List.copyOf(open.keySet())) {
      ObjectEntry entry = table.find(key);
      if (entry != null) {
        entry.ownership().setRemade(false);
        entry.replaceOutcome(new Outcome.Failed(failure));
        settle(entry);
      }
    }
  }

  private List<Runnable> begin(ObjectEntry entry, Runnable whenSettled) {
    entry.retain();
    List<Runnable> waiting = new ArrayList<>(1);
    waiting.add(whenSettled);
    open.put(entry.key(), waiting);
    return waiting;
  }

  private void settle(ObjectEntry entry) {
    List<Runnable> waiting = open.remove(entry.key());
    if (waiting != null) {
      waiting.forEach(Runnable::run);
      references.release(entry);
    }
  }

  private void remake(ObjectEntry entry) {
    KeptTask task = lineage.find(entry.key());
    Failure hopeless = hopeless(entry.key(), entry.ownership().origin(), task);
    if (hopeless != null || task == null) {
      if (hopeless != null) {
        replace(entry, new Outcome.Failed(hopeless), List.of());
      }
      settle(entry);
      return;
    }
    entry.ownership().setRemade(true);
    entry.retain();
    remakes.addLast(new Remake(task, entry));
    runRemakes();
  }

  /** Why an object can't be made again; null if it can. */
  private @Nullable Failure hopeless(
      ObjectKey key, Ownership.Origin origin, @Nullable KeptTask task) {
    if (task != null) {
      return task.mayRunAgain()
          ? null
          : LossFailures.retriesUsed(key, task.name(), task.attempt() + 1 - task.excused());
    }
    return switch (origin) {
      case PUT -> LossFailures.put(key);
      case ACTOR_CALL -> LossFailures.actorResult(key);
      case TASK_ONCE -> LossFailures.noRetries(key);
      case TASK -> LossFailures.lineageDropped(key, lineage.bytesMax());
    };
  }

  /** Submits what is to run again. A chain of any length needs no stack. */
  private void runRemakes() {
    if (isRemaking) {
      return;
    }
    isRemaking = true;
    try {
      for (Remake next = remakes.pollFirst(); next != null; next = remakes.pollFirst()) {
        resubmit.accept(pending(next.task, next.result));
      }
    } finally {
      isRemaking = false;
    }
  }

  private PendingTask pending(KeptTask task, ObjectEntry result) {
    @Nullable Dependency[] dependencies = task.references();
    @Nullable ObjectEntry[] entries = new @Nullable ObjectEntry[dependencies.length];
    for (int i = 0; i < dependencies.length; i++) {
      Dependency dependency = dependencies[i];
      entries[i] = dependency == null ? null : retained(dependency);
    }
    List<ObjectEntry> contained = new ArrayList<>(task.contained().size());
    task.contained().forEach(dependency -> contained.add(retained(dependency)));
    @Nullable TaskArgument[] values = task.values().clone();
    PendingTask pending =
        new PendingTask(
            result, task.target(), task.name(), task.maxRetries(), values, entries, contained);
    task.setAttempt(task.attempt() + 1, task.excused());
    pending.startAt(task.attempt(), task.excused());
    pending.setSchedulingClass(task.schedulingClass());
    return pending;
  }

  /** The entry of what a task needs, retained for the task; made again if it was freed. */
  private ObjectEntry retained(Dependency dependency) {
    return switch (dependency) {
      case Dependency.Held held -> {
        held.entry().retain();
        yield held.entry();
      }
      case Dependency.Remakeable remakeable -> {
        ObjectEntry living = table.find(remakeable.key());
        yield living != null && living.tryRetain() ? living : revived(remakeable.key());
      }
    };
  }

  private ObjectEntry revived(ObjectKey key) {
    KeptTask task = lineage.find(key);
    Failure hopeless = hopeless(key, Ownership.Origin.TASK, task);
    if (task == null || hopeless != null) {
      return ObjectEntry.ready(
          key,
          new Outcome.Failed(
              hopeless == null ? LossFailures.lineageDropped(key, lineage.bytesMax()) : hopeless));
    }
    ObjectEntry entry = ObjectEntry.pending(key);
    entry.ownership().setMaker(task.name(), null);
    table.add(entry);
    task.setResultAlive(true);
    entry.retain();
    remakes.addLast(new Remake(task, entry));
    return entry;
  }

  /** What went wrong with the new attempt is told as the reason why the object is lost. */
  private static Outcome explained(PendingTask task, Outcome outcome) {
    if (!(outcome instanceof Outcome.Failed failed)) {
      return outcome;
    }
    return switch (failed.failure().getKind()) {
      case OBJECT_LOST, OBJECT_UNREACHABLE, OWNER_DIED, WORKER_DIED ->
          new Outcome.Failed(
              LossFailures.notRemade(task.result().key(), task.name(), failed.failure()));
      default -> outcome;
    };
  }

  private void answer(Packet packet, ObjectKey key, Outcome outcome, List<ObjectEntry> contained) {
    outbox.send(
        packet.getFrom(),
        Values.answer(key, outcome, contained).setCorrelation(packet.getCorrelation()));
  }

  /** Whether more is known here than whoever failed knew. */
  private static boolean isNews(StoredObject now, StoredObject lost) {
    return now.getAttempt() != lost.getAttempt()
        || !lost.getLocationsList().containsAll(now.getLocationsList());
  }

  /** The question to raylets whether they have copies of an object that somebody did not find. */
  private final class Inquiry {
    private final ObjectEntry entry;
    private final StoredObject object;

    /** Who waits for the answer; what {@link #open} has for the object as long as it is open. */
    private final List<Runnable> waiting;

    private int unanswered;

    Inquiry(ObjectEntry entry, StoredObject object, List<Runnable> waiting) {
      this.entry = entry;
      this.object = object;
      this.waiting = waiting;
    }

    void ask(List<Long> raylets) {
      unanswered = raylets.size();
      for (long raylet : raylets) {
        outbox.request(
            raylet,
            Packet.newBuilder()
                .setAskCopy(
                    AskCopy.newBuilder()
                        .setId(object.getId())
                        .setAttempt(object.getAttempt())
                        .setSizeBytes(object.getSizeBytes())),
            new HoldersAnswer(this, raylet));
      }
    }

    void denied() {
      if (--unanswered == 0) {
        ended.add(this);
      }
    }

    void confirmed() {
      if (isOpen()) {
        settle(entry);
      }
    }

    void decide() {
      if (!isOpen()) {
        return;
      }
      if (entry.ownership().locations().isEmpty()) {
        remake(entry);
      } else {
        settle(entry);
      }
    }

    /** Whether somebody waits for it; not for a later one about the same object. */
    private boolean isOpen() {
      return open.get(entry.key()) == waiting;
    }
  }

  /** What a raylet says that is asked for a copy. */
  private final class HoldersAnswer implements ReplyHandler {
    private final Inquiry inquiry;
    private final long raylet;

    HoldersAnswer(Inquiry inquiry, long raylet) {
      this.inquiry = inquiry;
      this.raylet = raylet;
    }

    @Override
    public void onReply(Packet reply) {
      if (reply.getCopyAnswer().getHeld()) {
        inquiry.confirmed();
      } else {
        references.onLocationRemoved(inquiry.entry.key(), raylet, inquiry.object.getAttempt());
        inquiry.denied();
      }
    }

    @Override
    public void onUnreachable(Failure failure) {
      references.doubt(inquiry.entry, raylet, inquiry.object.getAttempt());
      inquiry.denied();
    }
  }

  /** What the owner says of an object that is lost here. */
  private final class OwnersAnswer implements ReplyHandler {
    private final ObjectEntry entry;

    OwnersAnswer(ObjectEntry entry) {
      this.entry = entry;
    }

    @Override
    public void onReply(Packet reply) {
      if (isSettled()) {
        return;
      }
      // What is inside must be registered before the owner may let the outer object go.
      references.replace(
          entry, Values.outcome(reply.getObjectValue()), Values.references(reply.getObjectValue()));
      entry.retain();
      List<ObjectEntry> contained = List.copyOf(entry.ownership().contained());
      Countdown countdown = new Countdown(contained.size(), () -> references.release(entry));
      contained.forEach(inner -> references.whenRegistered(inner, countdown::down));
      settle(entry);
    }

    @Override
    public void onUnreachable(Failure failure) {
      if (isSettled()) {
        return;
      }
      Failure known =
          failure.getKind() == FailureKind.CLUSTER_LOST
              ? failure
              : Failures.ownerDied(entry.key(), failure.getMessage());
      references.replace(entry, new Outcome.Failed(known), List.of());
      settle(entry);
    }

    /** Whether the object was freed meanwhile, for good; the entry may be gone, too. */
    private boolean isSettled() {
      return entry.outcome() instanceof Outcome.Failed;
    }
  }
}
