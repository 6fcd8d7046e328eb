package io.mobula.worker.loop;

import io.mobula.proto.CollectGarbage;
import io.mobula.proto.Packet;
import io.mobula.proto.RetirementAnswer;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.net.Requests;
import io.mobula.worker.own.References;
import io.mobula.worker.submit.TaskSubmitter;

/**
 * Whether this worker, which the raylet has no work for, may end. Owner thread: the loop.
 *
 * <p>It may not while others need it: who refers to an object that it owns, or will, since a task
 * of its own makes it or a result with references is on its way; an actor that may be constructed
 * again with what it owns; a thread that user code left behind and that waits for something. What
 * only its own program refers to needs nobody to stay.
 *
 * <p>It remembers nothing, so that it may be asked at any time, and twice. Those who borrow from it
 * are asked to collect garbage: what their programs dropped and their collectors have not found
 * keeps it, too.
 */
final class Retirement {
  private final Outbox outbox;
  private final References references;
  private final Requests requests;
  private final Replies replies;
  private final TaskSlots slots;
  private final TaskSubmitter submitter;
  private final ActorCallers callers;
  private final ActorArguments actorArguments;

  Retirement(
      Outbox outbox,
      References references,
      Requests requests,
      Replies replies,
      TaskSlots slots,
      TaskSubmitter submitter,
      ActorCallers callers,
      ActorArguments actorArguments) {
    this.outbox = outbox;
    this.references = references;
    this.requests = requests;
    this.replies = replies;
    this.slots = slots;
    this.submitter = submitter;
    this.callers = callers;
    this.actorArguments = actorArguments;
  }

  /** The raylet asks. */
  void onRetireWorker(Packet question) {
    String reason = reason();
    outbox.send(
        question.getFrom(),
        Packet.newBuilder()
            .setCorrelation(question.getCorrelation())
            .setRetirementAnswer(
                RetirementAnswer.newBuilder().setIsNeeded(!reason.isEmpty()).setReason(reason)));
    for (long borrower : references.borrowers()) {
      outbox.send(
          borrower, Packet.newBuilder().setCollectGarbage(CollectGarbage.getDefaultInstance()));
    }
  }

  /** Why it is needed; empty if it is not. */
  private String reason() {
    if (references.isBorrowedFrom()) {
      return "others refer to objects that it owns";
    }
    if (slots.size() > 0 || !replies.isSettled()) {
      return "a task is not over";
    }
    if (submitter.unfinished() > 0 || callers.unfinished() > 0) {
      return "tasks or calls that it made are not over";
    }
    if (actorArguments.isAnyOwned()) {
      return "an actor that it made may be constructed again";
    }
    return requests.size() > 0 ? "something that it asked for has not come" : "";
  }
}
