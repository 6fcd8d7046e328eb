package io.mobula.worker.actor;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorState;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FunctionDefinition;
import io.mobula.proto.Packet;
import io.mobula.proto.PushCalls;
import io.mobula.proto.SubscribeActor;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.actor.ActorCaller.Call;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.Values;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.TaskSubmitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls this process makes to actors. Owner thread: the core worker's loop.
 *
 * <h2>How it works</h2>
 *
 * <p>The GCS tells the phase of each actor that this process calls. Calls queue in the order they
 * were made; the head of the queue is pushed to the actor's process once its arguments are there
 * and the actor is alive, so one caller's calls start in order. When the actor's process dies, the
 * GCS says whether it restarts: calls that were at the process are then sent again if they may be
 * retried, before younger ones, else they fail with ACTOR_UNAVAILABLE (they may or may not have
 * run); calls that had not been pushed wait. When it is dead for good, all fail with ACTOR_DIED and
 * the cause.
 */
public final class ActorCallers {
  /** Calls at an actor from this process at a time; more wait here, where they cost less. */
  static final int IN_FLIGHT_MAX = 10_000;

  /** Calls in one packet. */
  static final int BATCH_MAX = 256;

  private static final String DIED =
      "the actor's process died while the call was there; it may or may not have run, and the"
          + " actor is being restarted";

  /** Dead actors that are remembered; one that was forgotten is asked of the GCS again. */
  static final int DEAD_MAX = 1_000;

  private final Outbox outbox;
  private final ArgumentResolver resolver;
  private final PeerFunctions functions;
  private final TaskSubmitter.Completion completion;
  private final Map<ObjectKey, ActorCaller> callers = new HashMap<>();
  private final Map<Long, ActorCaller> callersBySequence = new HashMap<>();
  private final ArrayDeque<ObjectKey> dead = new ArrayDeque<>();

  public ActorCallers(
      Outbox outbox,
      ArgumentResolver resolver,
      PeerFunctions functions,
      TaskSubmitter.Completion completion) {
    this.outbox = outbox;
    this.resolver = resolver;
    this.functions = functions;
    this.completion = completion;
  }

  /** Makes an actor known, so that its phase is followed. */
  public void watch(ObjectKey id, String description) {
    if (!callers.containsKey(id)) {
      callers.put(id, new ActorCaller(id, description));
      outbox.send(
          ProcessAddress.GCS,
          Packet.newBuilder().setSubscribeActor(SubscribeActor.newBuilder().setId(id.toProto())));
    }
  }

  /** An actor that this process is creating; it is watched once it is registered. */
  public void creating(ObjectKey id, String description) {
    callers.putIfAbsent(id, new ActorCaller(id, description));
  }

  /** The GCS knows the actor now. */
  public void registered(ObjectKey id) {
    outbox.send(
        ProcessAddress.GCS,
        Packet.newBuilder().setSubscribeActor(SubscribeActor.newBuilder().setId(id.toProto())));
  }

  /** The actor could not be created. */
  public void refused(ObjectKey id, Failure failure) {
    ActorCaller caller = callers.get(id);
    if (caller != null) {
      die(caller, failure);
    }
  }

  /** Calls that are not over. */
  public int unfinished() {
    return callersBySequence.size();
  }

  public void call(ObjectKey id, String description, PendingTask task) {
    watch(id, description);
    ActorCaller caller = callers.get(id);
    if (caller == null) {
      throw new IllegalStateException("watched but unknown: actor=" + id);
    }
    if (caller.phase() == ActorPhase.DEAD) {
      finish(task, death(caller, task));
      return;
    }
    Call call = new Call(task);
    caller.waiting().addLast(call);
    callersBySequence.put(task.sequence(), caller);
    resolver.resolve(
        task,
        resolved -> {
          call.setResolved();
          push(caller);
        },
        (failedTask, outcome) -> {
          caller.waiting().remove(call);
          callersBySequence.remove(failedTask.sequence());
          finish(failedTask, outcome);
          push(caller);
        });
  }

  public void onActorState(ActorState state) {
    ActorCaller caller = callers.get(ObjectKey.of(state.getId()));
    if (caller == null || caller.phase() == ActorPhase.DEAD) {
      return;
    }
    caller.setDescription(describe(state));
    switch (state.getPhase()) {
      case ALIVE -> {
        if (state.getIncarnation() != caller.incarnation()
            || state.getWorker() != caller.worker()) {
          // A call that fails may make others ready, which must not go to where the actor was.
          List<Call> lost = takeBack(caller);
          caller.alive(state.getWorker(), state.getIncarnation());
          fail(caller, lost, DIED, state.getDeathCause());
        }
        push(caller);
      }
      case PENDING -> caller.waitingFor(ActorPhase.PENDING);
      case RESTARTING -> {
        caller.waitingFor(ActorPhase.RESTARTING);
        fail(caller, takeBack(caller), DIED, state.getDeathCause());
      }
      case DEAD -> die(caller, state.getDeathCause());
      case ACTOR_PHASE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("actor state without phase: " + state);
    }
  }

  public void onReplies(List<TaskReply> replies, long worker) {
    for (TaskReply reply : replies) {
      ActorCaller caller = callersBySequence.get(reply.getSequence());
      Call call = caller == null ? null : caller.find(reply.getSequence());
      if (caller == null || call == null || call.task().attempt() != reply.getAttempt()) {
        completion.onIgnored(reply, worker);
        continue;
      }
      caller.inFlight().remove(call);
      callersBySequence.remove(reply.getSequence());
      completion.onCompleted(call.task(), outcome(caller, call.task(), reply), worker, reply);
      if (!caller.waiting().isEmpty()) {
        push(caller);
      }
    }
  }

  /**
   * The way to a process was lost for too long, so calls in flight there may be lost, while their
   * actors live on: those that may run twice are sent again, the others fail. Later calls go on.
   */
  public void onGivenUp(long process, Failure reason) {
    // A call that fails may make others ready, and what is pushed then is not given up.
    Map<ActorCaller, List<Call>> lost = new LinkedHashMap<>();
    for (ActorCaller caller : callers.values()) {
      if (caller.phase() == ActorPhase.ALIVE && ProcessAddress.diesWith(caller.worker(), process)) {
        lost.put(caller, takeBack(caller));
      }
    }
    lost.forEach((caller, calls) ->
        fail(
            caller,
            calls,
            "the actor's process can't be reached while the call is there; it may or may not"
                + " have run",
            reason));
    lost.keySet().forEach(this::push);
  }

  /** Room again on the way to a peer that was congested. */
  public void onWritable() {
    callers.values().forEach(this::push);
  }

  /** The cluster is lost or this process closes. */
  public void failAll(Failure failure) {
    for (ActorCaller caller : List.copyOf(callers.values())) {
      die(caller, failure);
    }
  }

  private void push(ActorCaller caller) {
    while (caller.phase() == ActorPhase.ALIVE
        && isHeadReady(caller)
        && caller.inFlight().size() < IN_FLIGHT_MAX
        && !outbox.isCongested(caller.worker())) {
      PushCalls.Builder push =
          PushCalls.newBuilder()
              .setActor(caller.id().toProto())
              .setIncarnation(caller.incarnation());
      long sizeBytes = 0;
      while (isHeadReady(caller)
          && push.getCallsCount() < BATCH_MAX
          && sizeBytes < TaskSubmitter.PACKET_BYTES_MAX
          && caller.inFlight().size() < IN_FLIGHT_MAX) {
        Call call = caller.waiting().removeFirst();
        FunctionDefinition definition = functions.define(caller.worker(), call.task().target());
        if (definition != null) {
          push.addDefinitions(definition);
        }
        TaskSpec spec = call.task().spec();
        push.addCalls(spec);
        sizeBytes += spec.getSerializedSize();
        caller.inFlight().addLast(call);
      }
      outbox.send(caller.worker(), Packet.newBuilder().setPushCalls(push));
    }
  }

  private static boolean isHeadReady(ActorCaller caller) {
    Call head = caller.waiting().peekFirst();
    return head != null && head.isResolved();
  }

  /**
   * The calls in flight are not expected to be answered any more: they wait again, but for those
   * that must not be made again, which are returned.
   */
  private List<Call> takeBack(ActorCaller caller) {
    List<Call> lost = new ArrayList<>();
    for (Call call : caller.takeInFlight().reversed()) {
      if (call.task().mayRetry()) {
        call.task().nextAttempt();
        caller.waiting().addFirst(call);
      } else {
        callersBySequence.remove(call.task().sequence());
        lost.add(call);
      }
    }
    return lost;
  }

  private void fail(ActorCaller caller, List<Call> lost, String what, Failure cause) {
    for (Call call : lost) {
      finish(call.task(), new Outcome.Failed(unavailable(caller, call.task(), what, cause)));
    }
  }

  private void die(ActorCaller caller, Failure cause) {
    if (caller.phase() != ActorPhase.DEAD) {
      dead.addLast(caller.id());
      if (dead.size() > DEAD_MAX) {
        // Everything of it has failed when it died.
        callers.remove(dead.removeFirst());
      }
    }
    caller.dead(cause);
    List<Call> lost = caller.takeInFlight();
    lost.addAll(caller.takeWaiting());
    for (Call call : lost) {
      // One that takes the result of another may have failed with it just now.
      if (callersBySequence.remove(call.task().sequence()) != null) {
        finish(call.task(), death(caller, call.task()));
      }
    }
  }

  private void finish(PendingTask task, Outcome outcome) {
    completion.onCompleted(task, outcome, 0, null);
  }

  private static Outcome death(ActorCaller caller, PendingTask task) {
    Failure cause =
        caller.deathCause() == null
            ? Failures.of(FailureKind.ACTOR_DIED, "the actor is dead")
            : caller.deathCause();
    return new Outcome.Failed(named(caller, task, cause));
  }

  /** What the actor's process answers of the actor, such as that it has exited, names neither. */
  private static Outcome outcome(ActorCaller caller, PendingTask task, TaskReply reply) {
    return switch (reply.getFailure().getKind()) {
      case ACTOR_DIED, ACTOR_UNAVAILABLE ->
          new Outcome.Failed(named(caller, task, reply.getFailure()));
      default -> Values.outcome(reply);
    };
  }

  private static Failure named(ActorCaller caller, PendingTask task, Failure cause) {
    return cause.toBuilder()
        .setTaskName(task.name())
        .setMessage(
            cause.getMessage()
                + ": actor="
                + caller.description()
                + ", id="
                + caller.id()
                + ", call="
                + task.name())
        .build();
  }

  private static Failure unavailable(
      ActorCaller caller, PendingTask task, String what, Failure cause) {
    return Failures.of(
            FailureKind.ACTOR_UNAVAILABLE,
            what
                + ": actor="
                + caller.description()
                + ", id="
                + caller.id()
                + ", process="
                + ProcessAddress.describe(caller.worker())
                + ", call="
                + task.name()
                + (cause.getMessage().isEmpty() ? "" : ", reason=" + cause.getMessage())
                + "; set maxTaskRetries if the call may run twice")
        .toBuilder()
        .setTaskName(task.name())
        .setProcess(caller.worker())
        .build();
  }

  private static String describe(ActorState state) {
    return state.getName().isEmpty()
        ? state.getClassName()
        : state.getClassName() + " \"" + state.getName() + "\"";
  }
}
