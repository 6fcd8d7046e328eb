package io.mobula.worker.execute;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.PushCalls;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskReply;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.failure.Failures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one actor of an actor process: takes calls in the order of each caller and queues them for
 * its threads. Owner thread: the loop.
 *
 * <p>A call whose stored arguments are still on their way holds up the later calls of the same
 * caller, and nobody else's.
 */
public final class ActorHost {
  private final LostArguments arguments;
  private final Replies replies;
  private final Map<Long, ArrayDeque<Execution>> callers = new HashMap<>();
  private final Set<Long> known = new LinkedHashSet<>();
  private final Set<Execution> unfinished = new LinkedHashSet<>();
  private TaskSlots.@Nullable TaskQueue queue;
  private @Nullable ObjectKey id;
  private int incarnation;
  private boolean isExiting;

  public ActorHost(LostArguments arguments, Replies replies) {
    this.arguments = arguments;
    this.replies = replies;
  }

  /** The actor is constructed: its calls may run. */
  public void open(ActorSpec spec, int newIncarnation, TaskSlots.TaskQueue threads) {
    id = ObjectKey.of(spec.getId());
    incarnation = newIncarnation;
    queue = threads;
  }

  /**
   * The actor ends itself: nothing more starts, and what has not started fails, now and from now
   * on. What runs may finish.
   */
  public void exit() {
    isExiting = true;
    List<Execution> waiting = new ArrayList<>();
    callers.values().forEach(waiting::addAll);
    callers.clear();
    waiting.addAll(unfinished);
    for (Execution execution : waiting) {
      if (execution.takeBack()) {
        unfinished.remove(execution);
        arguments.release(execution);
        replies.send(execution, refusal(execution, exited()));
      }
    }
    TaskSlots.TaskQueue threads = queue;
    if (threads != null) {
      threads.end(false);
    }
  }

  /** Whether an actor that ends itself runs nothing any more. */
  public boolean hasFinished() {
    return isExiting && unfinished.isEmpty();
  }

  /** Who has called, and lives. */
  public Set<Long> callers() {
    return Set.copyOf(known);
  }

  /** This process's part in the cluster is over: nothing more starts, what runs is interrupted. */
  public void end() {
    isExiting = true;
    // Wakes the thread that waits for arguments that were let go: they will not come.
    callers.values().forEach(calls -> calls.forEach(Execution::takeBack));
    unfinished.forEach(Execution::takeBack);
    callers.clear();
    TaskSlots.TaskQueue threads = queue;
    if (threads != null) {
      threads.end(true);
    }
  }

  public void onPush(long caller, PushCalls push, PeerMethods methods) {
    known.add(caller);
    methods.define(caller, push.getDefinitionsList());
    for (TaskSpec spec : push.getCallsList()) {
      Execution execution =
          new Execution(caller, 0, spec, methods.find(caller, spec.getFunction()));
      if (!ObjectKey.of(push.getActor()).equals(id) || push.getIncarnation() != incarnation) {
        replies.send(execution, refusal(execution, wrongActor(push)));
        continue;
      }
      if (isExiting) {
        replies.send(execution, refusal(execution, exited()));
        continue;
      }
      callers.computeIfAbsent(caller, fresh -> new ArrayDeque<>()).addLast(execution);
      arguments.fetch(execution, ready -> queueReady(caller), this::failUnstarted);
    }
    queueReady(caller);
  }

  /** A call is over. */
  public void onFinished(Execution execution, TaskReply reply) {
    unfinished.remove(execution);
    arguments.release(execution);
    replies.send(execution, reply);
  }

  public void onProcessDied(long dead) {
    known.removeIf(caller -> ProcessAddress.diesWith(caller, dead));
    callers
        .entrySet()
        .removeIf(caller -> {
          if (!ProcessAddress.diesWith(caller.getKey(), dead)) {
            return false;
          }
          for (Execution execution : caller.getValue()) {
            // What is still fetched for it comes to nothing.
            execution.takeBack();
            arguments.release(execution);
          }
          return true;
        });
  }

  private void queueReady(long caller) {
    ArrayDeque<Execution> calls = callers.get(caller);
    TaskSlots.TaskQueue threads = queue;
    if (calls == null || threads == null) {
      return;
    }
    while (!calls.isEmpty() && calls.peekFirst().missingMappings() == 0) {
      Execution next = calls.removeFirst();
      unfinished.add(next);
      threads.add(next);
    }
    if (calls.isEmpty()) {
      callers.remove(caller);
    }
  }

  private void failUnstarted(Execution execution, StoredObject argument, Failure failure) {
    ArrayDeque<Execution> calls = callers.get(execution.owner());
    if (calls != null) {
      calls.remove(execution);
    }
    unfinished.remove(execution);
    // A thread may wait for its arguments.
    execution.takeBack();
    replies.send(execution, refusal(execution, failure));
    queueReady(execution.owner());
  }

  private static TaskReply refusal(Execution execution, Failure failure) {
    return TaskReply.newBuilder()
        .setSequence(execution.spec().getSequence())
        .setAttempt(execution.spec().getAttempt())
        .setFailure(failure)
        .build();
  }

  private static Failure exited() {
    return Failures.of(FailureKind.ACTOR_DIED, "the actor has exited: it called exitActor");
  }

  private Failure wrongActor(PushCalls push) {
    return Failures.of(
        FailureKind.ACTOR_UNAVAILABLE,
        "the process is not the home of this actor: wanted="
            + ObjectKey.of(push.getActor())
            + ", incarnation="
            + push.getIncarnation()
            + ", home of="
            + id
            + ", incarnation="
            + incarnation);
  }
}
