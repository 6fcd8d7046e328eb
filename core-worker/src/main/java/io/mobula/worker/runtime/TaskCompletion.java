package io.mobula.worker.runtime;

import io.mobula.proto.ObjectId;
import io.mobula.proto.Packet;
import io.mobula.proto.ReferencesReceived;
import io.mobula.proto.TaskReply;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
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

  TaskCompletion(Outbox outbox, References references, ArgumentResolver resolver) {
    this.outbox = outbox;
    this.references = references;
    this.resolver = resolver;
  }

  @Override
  public void onCompleted(PendingTask task, Outcome outcome, long from, @Nullable TaskReply reply) {
    ObjectEntry result = task.result();
    List<ObjectId> inside = reply == null ? List.of() : Values.references(reply);
    if (!inside.isEmpty()) {
      references.adoptContained(result, inside);
      List<ObjectEntry> contained = List.copyOf(result.ownership().contained());
      Countdown countdown =
          new Countdown(contained.size(), () -> acknowledge(from, task.sequence()));
      contained.forEach(entry -> references.whenRegistered(entry, countdown::down));
    }
    references.completeOwned(result, outcome);
    resolver.release(task);
  }

  private void acknowledge(long worker, long sequence) {
    outbox.send(
        worker,
        Packet.newBuilder()
            .setReferencesReceived(ReferencesReceived.newBuilder().addSequences(sequence)));
  }
}
