package io.mobula.worker.execute;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.function.RemoteMethod;
import io.mobula.worker.object.MappedObject;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One task or call at the process that runs it. The loop makes it and hands it to a thread; the
 * state decides between the thread that would start it and the loop that would give it back.
 */
public final class Execution {
  /** Whoever moves it out of QUEUED has it. */
  private enum State {
    QUEUED,
    STARTED,
    RETURNED
  }

  private final long owner;
  private final long lease;
  private final RemoteMethod method;
  private final @Nullable MappedObject[] mappings;
  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
  private TaskSpec spec;
  private int missingMappings;
  private int fetchRound;

  /**
   * @param owner the process that wants the answer
   * @param lease 0 for an actor's call
   */
  Execution(long owner, long lease, TaskSpec spec, RemoteMethod method) {
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
    return state.get() == State.QUEUED;
  }

  /** By the thread that is about to run it: false if it was given back. */
  public boolean start() {
    return state.compareAndSet(State.QUEUED, State.STARTED);
  }

  /** By the loop: false if it has started. */
  boolean takeBack() {
    return state.compareAndSet(State.QUEUED, State.RETURNED);
  }
}
