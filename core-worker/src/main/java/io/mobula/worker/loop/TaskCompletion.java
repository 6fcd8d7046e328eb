package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.ReferencesReceived;
import io.mobula.proto.ReplyReceipt;
import io.mobula.proto.TaskReply;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership;
import io.mobula.worker.own.Countdown;
import io.mobula.worker.own.References;
import io.mobula.worker.own.Values;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.TaskSubmitter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the owner does when a task or call of its is over: keeps what is inside the result, tells
 * the worker once that is registered, and lets go of what the task kept. Owner thread: the loop.
 *
 * <p>A result that nobody wants is refused: the worker is told at once, and what it stored is
 * freed. One that comes twice is refused the second time, but its worker is not told before what is
 * inside is registered.
 */
final class TaskCompletion implements TaskSubmitter.Completion {
  private final Outbox outbox;
  private final References references;
  private final ArgumentResolver resolver;
  private final ObjectRecovery recovery;

  /** Results that count and whose workers have not been told yet. */
  private final Set<Handover> handovers = new HashSet<>();

  private record Handover(long worker, long sequence, int attempt) {}

  TaskCompletion(
      Outbox outbox, References references, ArgumentResolver resolver, ObjectRecovery recovery) {
    this.outbox = outbox;
    this.references = references;
    this.resolver = resolver;
    this.recovery = recovery;
  }

  @Override
  public void onCompleted(PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply) {
    ObjectEntry result = task.result();
    if (result.isReady() && !recovery.isRemaking(task)) {
      // The program has freed it meanwhile.
      if (reply != null) {
        refuse(reply, from);
      }
      resolver.release(task);
      return;
    }
    Outcome stamped = stamped(task, outcome);
    result.ownership().setOrigin(origin(task));
    List<ObjectId> inside = reply == null ? List.of() : Values.references(reply);
    boolean isRemade = recovery.isRemaking(task);
    if (stamped instanceof Outcome.Stored) {
      recovery.onStored(task);
    }
    if (isRemade) {
      recovery.onRemade(task, stamped, inside);
    } else {
      references.adoptContained(result, inside);
    }
    if (reply != null && !inside.isEmpty()) {
      List<ObjectEntry> contained = List.copyOf(result.ownership().contained());
      Handover handover = new Handover(from, reply.getSequence(), reply.getAttempt());
      handovers.add(handover);
      Countdown countdown =
          new Countdown(
              contained.size(),
              () -> {
                handovers.remove(handover);
                acknowledge(from, reply);
              });
      contained.forEach(entry -> references.whenRegistered(entry, countdown::down));
    }
    if (!isRemade) {
      references.completeOwned(result, stamped);
    }
    resolver.release(task);
  }

  @Override
  public void onIgnored(TaskReply reply, long from) {
    if (!handovers.contains(new Handover(from, reply.getSequence(), reply.getAttempt()))) {
      refuse(reply, from);
    }
  }

  /** The worker need not keep what is inside, nor its node the copy that it stored. */
  private void refuse(TaskReply reply, long from) {
    if (reply.hasStored()) {
      references.dropCopies(
          new ObjectKey(outbox.self(), reply.getSequence()),
          reply.getStored().getLocationsList(),
          reply.getAttempt());
    }
    if (!Values.references(reply).isEmpty() || reply.getReceiptWanted()) {
      acknowledge(from, reply);
    }
  }

  /** A stored value carries its attempt, so that what is said of an older one is known as such. */
  private static Outcome stamped(PendingTask task, Outcome outcome) {
    return outcome instanceof Outcome.Stored stored && task.attempt() > 0
        ? new Outcome.Stored(stored.object().toBuilder().setAttempt(task.attempt()).build())
        : outcome;
  }

  private static Ownership.Origin origin(PendingTask task) {
    if (task.schedulingClass() == null) {
      return Ownership.Origin.ACTOR_CALL;
    }
    return task.maxRetries() == 0 ? Ownership.Origin.TASK_ONCE : Ownership.Origin.TASK;
  }

  private void acknowledge(long worker, TaskReply reply) {
    outbox.send(
        worker,
        Packet.newBuilder()
            .setReferencesReceived(
                ReferencesReceived.newBuilder()
                    .addReceipts(
                        ReplyReceipt.newBuilder()
                            .setSequence(reply.getSequence())
                            .setAttempt(reply.getAttempt()))));
  }
}
