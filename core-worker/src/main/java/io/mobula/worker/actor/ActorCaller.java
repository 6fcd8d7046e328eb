package io.mobula.worker.actor;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.Failure;
import io.mobula.worker.submit.PendingTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One actor as a caller sees it: what the GCS last said of it, calls that wait, and calls at the
 * actor. Owner thread: the core worker's loop.
 */
final class ActorCaller {
  /** A call in submission order; pushed only when resolved and when all before it are pushed. */
  static final class Call {
    private final PendingTask task;
    private boolean isResolved;

    Call(PendingTask task) {
      this.task = task;
    }

    PendingTask task() {
      return task;
    }

    boolean isResolved() {
      return isResolved;
    }

    void setResolved() {
      isResolved = true;
    }
  }

  private final ObjectKey id;
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private final ArrayDeque<Call> inFlight = new ArrayDeque<>();
  private ActorPhase phase = ActorPhase.PENDING;
  private long worker;
  private int incarnation;
  private String description;
  private @Nullable Failure deathCause;

  ActorCaller(ObjectKey id, String description) {
    this.id = id;
    this.description = description;
  }

  ObjectKey id() {
    return id;
  }

  /** For messages: the class, and the name if it has one. */
  String description() {
    return description;
  }

  void setDescription(String text) {
    description = text;
  }

  ArrayDeque<Call> waiting() {
    return waiting;
  }

  ArrayDeque<Call> inFlight() {
    return inFlight;
  }

  ActorPhase phase() {
    return phase;
  }

  long worker() {
    return worker;
  }

  int incarnation() {
    return incarnation;
  }

  @Nullable Failure deathCause() {
    return deathCause;
  }

  void alive(long address, int newIncarnation) {
    phase = ActorPhase.ALIVE;
    worker = address;
    incarnation = newIncarnation;
  }

  void waitingFor(ActorPhase next) {
    phase = next;
  }

  void dead(Failure cause) {
    phase = ActorPhase.DEAD;
    deathCause = cause;
  }

  /** The call at the actor with this number; almost always the first. */
  @Nullable Call find(long sequence) {
    for (Call call : inFlight) {
      if (call.task().sequence() == sequence) {
        return call;
      }
    }
    return null;
  }

  List<Call> takeInFlight() {
    List<Call> all = new ArrayList<>(inFlight);
    inFlight.clear();
    return all;
  }

  List<Call> takeWaiting() {
    List<Call> all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }
}
