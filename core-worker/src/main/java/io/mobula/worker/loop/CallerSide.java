package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.Failure;
import io.mobula.proto.LeaseBlocked;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.TaskReplies;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import io.mobula.worker.submit.TaskSubmitter;

/**
 * The machines of what this process has others do: tasks, actors, calls. Owner thread: the loop.
 */
final class CallerSide {
  private final LoopContext loop;
  private final PeerFunctions functions = new PeerFunctions();
  private final TaskCompletion completion;
  private final TaskSubmitter submitter;
  private final ActorCallers callers;
  private final ActorArguments actorArguments;
  private final ActorCreation actorCreation;
  private boolean isTickArmed;

  CallerSide(int job, Outbox outbox, ObjectSide objects, LoopContext loop) {
    this.loop = loop;
    this.completion =
        new TaskCompletion(outbox, objects.references(), objects.resolver(), objects.recovery());
    this.submitter = new TaskSubmitter(outbox, objects.resolver(), functions, completion, job);
    this.callers = new ActorCallers(outbox, objects.resolver(), functions, completion);
    this.actorArguments = new ActorArguments(objects.resolver());
    this.actorCreation = new ActorCreation(outbox, objects.resolver(), callers, actorArguments);
  }

  TaskSubmitter submitter() {
    return submitter;
  }

  ActorCallers callers() {
    return callers;
  }

  ActorArguments actorArguments() {
    return actorArguments;
  }

  void onMessage(CoreMessage.CallerMessage message) {
    switch (message) {
      case CoreMessage.Submit submit ->
          submitter.submit(submit.task(), submit.schedulingClass(), loop.nowNanos());
      case CoreMessage.CallActor call ->
          callers.call(call.actor(), call.description(), call.task());
      case CoreMessage.CreateActor create -> actorCreation.create(create);
      case CoreMessage.WatchActor watch -> callers.watch(watch.actor(), watch.description());
    }
  }

  /** A task that was over runs again, since its result is lost. */
  void resubmit(PendingTask task) {
    SchedulingClass schedulingClass = task.schedulingClass();
    if (schedulingClass == null) {
      throw new IllegalStateException("not a task: " + task.name());
    }
    submitter.submit(task, schedulingClass, loop.nowNanos());
  }

  /** Handles what is about tasks and calls made here; returns false for any other packet. */
  boolean onPacket(Packet packet) {
    long from = packet.getFrom();
    switch (packet.getBodyCase()) {
      case TASK_REPLIES -> onReplies(packet.getTaskReplies(), from);
      case RETURNED_TASKS -> submitter.onReturned(packet.getReturnedTasks(), from, loop.nowNanos());
      case LEASE_BLOCKED -> {
        LeaseBlocked news = packet.getLeaseBlocked();
        submitter.onBlocked(news.getLease(), news.getBlocked(), from, loop.nowNanos());
      }
      case LEASE_GRANTED ->
          submitter.onLeaseGranted(packet.getLeaseGranted(), from, loop.nowNanos());
      case LEASE_ENDED -> submitter.onLeaseEnded(packet.getLeaseEnded(), from, loop.nowNanos());
      case LEASE_SPILLED ->
          submitter.onLeaseSpilled(
              packet.getLeaseSpilled().getRequest(), packet.getLeaseSpilled().getRaylet());
      case LEASE_REFUSED ->
          submitter.onLeaseRefused(
              packet.getLeaseRefused().getRequest(), packet.getLeaseRefused().getFailure());
      case ACTOR_STATE -> onActorState(packet.getActorState());
      default -> {
        return false;
      }
    }
    return true;
  }

  /**
   * The first thing when a process is dead or out of reach. Of a death the GCS tells the actors'
   * callers; that they are out of reach nobody else says. First, since calls that are pushed from
   * now on are not given up.
   */
  void beforeWindingUp(long address, Failure failure, boolean isGivenUp) {
    functions.onProcessDied(address);
    if (isGivenUp) {
      callers.onGivenUp(address, failure);
    }
  }

  /** The last thing when a process is dead or out of reach: its tasks go elsewhere. */
  void onProcessDied(ProcessDied death, boolean isGivenUp) {
    submitter.onProcessDied(death, isGivenUp, loop.nowNanos());
  }

  void onWritable() {
    submitter.onWritable(loop.nowNanos());
    callers.onWritable();
  }

  /**
   * The end of a turn: leases that have nothing to do are looked after as long as there are some.
   */
  void onTurnEnd() {
    if (!isTickArmed && submitter.heldLeases() > 0) {
      isTickArmed = true;
      tickLater(0);
    }
  }

  /** Whoever waits for a task or a call is told that it will not come. */
  void failAll(Failure failure) {
    submitter.failAll(failure);
    callers.failAll(failure);
  }

  /** Answers what a user thread wants of a cluster that is not there any more. */
  void refuse(CoreMessage.CallerMessage message, Failure failure) {
    Outcome outcome = new Outcome.Failed(failure);
    switch (message) {
      case CoreMessage.Submit submit -> completion.onCompleted(submit.task(), outcome, 0, null);
      case CoreMessage.CallActor call -> completion.onCompleted(call.task(), outcome, 0, null);
      case CoreMessage.CreateActor create -> actorCreation.refuse(create, failure);
      case CoreMessage.WatchActor _ -> {
        // Its calls will be refused.
      }
    }
  }

  private void onReplies(TaskReplies replies, long from) {
    if (replies.getLease() == 0) {
      callers.onReplies(replies.getRepliesList(), from);
    } else {
      submitter.onReplies(replies.getLease(), replies.getRepliesList(), from, loop.nowNanos());
    }
  }

  private void onActorState(ActorState state) {
    callers.onActorState(state);
    if (state.getPhase() == ActorPhase.DEAD) {
      actorArguments.onDead(ObjectKey.of(state.getId()));
    }
  }

  private void tickLater(long nanos) {
    loop.timers()
        .schedule(
            nanos,
            () -> {
              long next = submitter.onTick(loop.nowNanos());
              if (next < 0) {
                isTickArmed = false;
              } else {
                tickLater(next);
              }
            });
  }
}
