package io.mobula.worker.execute;

import io.mobula.agent.board.RunningSlot;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.function.RemoteMethod;
import io.mobula.worker.object.MappedObject;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One task or call at the process that runs it. The loop makes it and hands it to a thread; the
 * state decides between the thread that would start it and the loop that would give it back.
 */
public final class Execution {
  /** Whoever moves it out of QUEUED has it; out of YIELDED it is moved by the loop alone. */
  private enum State {
    QUEUED,
    /** With a thread, which can't start it: its arguments were let go. */
    YIELDED,
    STARTED,
    RETURNED
  }

  private final long owner;
  private final long lease;
  private final RemoteMethod method;
  private final RunningSlot running;
  private final @Nullable MappedObject[] mappings;
  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
  private final AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
  private TaskSpec spec;
  private int missingMappings;
  private int fetchRound;

  /**
   * @param owner the process that wants the answer
   * @param lease 0 for an actor's call
   */
  Execution(long owner, long lease, TaskSpec spec, RemoteMethod method) {
    this(owner, lease, spec, method, RunningSlot.UNWATCHED);
  }

  /**
   * @param running where its thread notes that it runs
   */
  Execution(long owner, long lease, TaskSpec spec, RemoteMethod method, RunningSlot running) {
    this.running = running;
    this.owner = owner;
    this.lease = lease;
    this.spec = spec;
    this.method = method;
    this.mappings = new @Nullable MappedObject[spec.getArgumentsCount()];
  }

  /** An actor's constructor, which the GCS wants run. */
  public static Execution constructor(ActorSpec spec, ClassLoader loader) {
    TaskSpec task =
        TaskSpec.newBuilder()
            .setSequence(spec.getId().getSequence())
            .addAllArguments(spec.getArgumentsList())
            .build();
    return new Execution(
        ProcessAddress.GCS, 0, task, new RemoteMethod(spec.getConstructor(), loader));
  }

  public long owner() {
    return owner;
  }

  public long lease() {
    return lease;
  }

  public TaskSpec spec() {
    return spec;
  }

  /** An argument is elsewhere, or another, since it was made again. Loop, before the hand-over. */
  void replaceArgument(int position, TaskArgument argument) {
    spec = spec.toBuilder().setArguments(position, argument).build();
  }

  public RemoteMethod method() {
    return method;
  }

  /** For people. */
  public String name() {
    return spec.getName().isEmpty() ? method.displayName() : spec.getName();
  }

  /**
   * Where stored arguments are in shared memory; null for values. Written by the loop before the
   * hand-over.
   */
  public @Nullable MappedObject[] mappings() {
    return mappings;
  }

  /** Loop only. */
  int missingMappings() {
    return missingMappings;
  }

  void setMissingMappings(int count) {
    missingMappings = count;
  }

  /** Its arguments are fetched, perhaps again; what comes for an earlier round is not wanted. */
  int nextFetchRound() {
    return ++fetchRound;
  }

  int fetchRound() {
    return fetchRound;
  }

  /** Whether it has neither started nor been given back. */
  boolean isQueued() {
    State now = state.get();
    return now == State.QUEUED || now == State.YIELDED;
  }

  /** Whether a thread that would start it has to wait for its arguments. */
  public boolean isYielded() {
    return state.get() == State.YIELDED;
  }

  /** By the thread that is about to run it: false if it was given back, or must wait. */
  public boolean start() {
    if (!state.compareAndSet(State.QUEUED, State.STARTED)) {
      return false;
    }
    running.started(spec.getSequence(), spec.getAttempt());
    return true;
  }

  /** By the thread that ran it, or found that it must not: user code of it no longer runs. */
  void ended() {
    running.ended();
  }

  /**
   * By the thread that is about to run it; waits while its arguments are away.
   *
   * @param wantArguments tells the loop that somebody waits for them; false if there is no loop
   * @return false if it was given back
   */
  public boolean start(BooleanSupplier wantArguments) {
    boolean isInterrupted = false;
    try {
      while (!start()) {
        if (!isYielded()) {
          if (isQueued()) {
            continue;
          }
          return false;
        }
        waiter.set(Thread.currentThread());
        if (!wantArguments.getAsBoolean()) {
          return false;
        }
        while (isYielded()) {
          LockSupport.park(this);
          isInterrupted |= Thread.interrupted();
        }
      }
      return true;
    } finally {
      waiter.set(null);
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** By the loop: false if it has started. Wakes the thread that waits for its arguments. */
  public boolean takeBack() {
    if (state.compareAndSet(State.QUEUED, State.RETURNED)) {
      return true;
    }
    boolean isTaken = state.compareAndSet(State.YIELDED, State.RETURNED);
    wake();
    return isTaken;
  }

  /** Whether a thread has said that it wants the arguments, or is about to. Loop only. */
  boolean isWanted() {
    return waiter.get() != null;
  }

  /** By the loop, before it lets go of the arguments: false if it has started. */
  boolean yieldArguments() {
    return state.compareAndSet(State.QUEUED, State.YIELDED);
  }

  /** By the loop: the arguments are there again. */
  void restoreArguments() {
    state.compareAndSet(State.YIELDED, State.QUEUED);
    wake();
  }

  private void wake() {
    Thread waiting = waiter.get();
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }
}
