package io.mobula.worker.runtime;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the owner does when a task or call of its is over: keeps what is inside the result, tells
 * the worker once that is registered, and lets go of what the task kept. Owner thread: the loop.
 */
final class TaskCompletion implements TaskSubmitter.Completion {
  private final Outbox outbox;
  private final References references;
  private final ArgumentResolver resolver;
  private final ObjectRecovery recovery;

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
    Outcome stamped = stamped(task, outcome);
    result.ownership().setOrigin(origin(task));
    List<ObjectId> inside = reply == null ? List.of() : Values.references(reply);
    boolean isRemade = recovery.isRemaking(task);
    if (stamped instanceof Outcome.Stored && (isRemade || !result.isReady())) {
      recovery.onStored(task);
    }
    if (isRemade) {
      recovery.onRemade(task, stamped, inside);
    } else {
      references.adoptContained(result, inside);
    }
    if (reply != null && !inside.isEmpty()) {
      List<ObjectEntry> contained = List.copyOf(result.ownership().contained());
      Countdown countdown = new Countdown(contained.size(), () -> acknowledge(from, reply));
      contained.forEach(entry -> references.whenRegistered(entry, countdown::down));
    }
    if (!isRemade) {
      references.completeOwned(result, stamped);
    }
    resolver.release(task);
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
