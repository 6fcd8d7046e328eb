package io.mobula.worker.submit;

import io.mobula.proto.TaskArgument;
import io.mobula.proto.TaskSpec;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task (or an actor call) from submission to its answer, at its owner. Built by a user thread,
 * then owned by the core worker's loop.
 */
public final class PendingTask {
  /** Every retain below is held until the task is over. */
  private final ObjectEntry result;

  private final RemoteTarget target;
  private final String name;
  private final int maxRetries;
  private final @Nullable TaskArgument[] arguments;
  private final @Nullable ObjectEntry[] references;
  private final List<ObjectEntry> contained;
  private final List<ObjectEntry> inside = new ArrayList<>(0);
  private int unresolved;
  private boolean isUsing;
  private int attempt;
  private int excused;
  private int lostPushes;
  private boolean isAlone;
  private boolean isPutBack;
  private long pushNumber;
  private @Nullable SchedulingClass schedulingClass;
  private @Nullable TaskSpec spec;
  private int setbacks;

  /**
   * @param result the object it returns; its sequence is the task's; retained once for the task
   * @param arguments values, null where a reference is to be resolved
   * @param references entries to resolve, null where there is a value; each retained once for the
   *     task
   * @param contained entries whose references are inside the values; each retained once for the
   *     task
   * @param maxRetries attempts after the first; -1: without end
   */
  public PendingTask(
      ObjectEntry result,
      RemoteTarget target,
      String name,
      int maxRetries,
      @Nullable TaskArgument[] arguments,
      @Nullable ObjectEntry[] references,
      List<ObjectEntry> contained) {
    this.result = result;
    this.target = target;
    this.name = name;
    this.maxRetries = maxRetries;
    this.arguments = arguments;
    this.references = references;
    this.contained = contained;
  }

  public ObjectEntry result() {
    return result;
  }

  public long sequence() {
    return result.key().sequence();
  }

  public RemoteTarget target() {
    return target;
  }

  public String name() {
    return name;
  }

  public int attempt() {
    return attempt;
  }

  /**
   * For a task that has run before. Before it is submitted.
   *
   * @param firstAttempt the next attempt's number
   * @param excusedBefore attempts that don't count
   */
  public void startAt(int firstAttempt, int excusedBefore) {
    attempt = firstAttempt;
    excused = excusedBefore;
  }

  /** Attempts that ended with somebody else's, perhaps: they don't count. */
  public int excused() {
    return excused;
  }

  /** Whether it must be the only task of its worker. */
  boolean isAlone() {
    return isAlone;
  }

  void setAlone() {
    isAlone = true;
  }

  /** Whether it was pushed before and is to be pushed again: then it goes before younger ones. */
  boolean isPutBack() {
    return isPutBack;
  }

  void setPutBack(boolean putBack) {
    isPutBack = putBack;
  }

  /** How often a worker died that it had been pushed to, before it started there. */
  int lostPushes() {
    return lostPushes;
  }

  void losePush() {
    lostPushes++;
  }

  /** Which push of its lease it was. */
  long pushNumber() {
    return pushNumber;
  }

  void setPushNumber(long number) {
    pushNumber = number;
  }

  public int maxRetries() {
    return maxRetries;
  }

  /** What it needs to run; null for an actor's call. */
  public @Nullable SchedulingClass schedulingClass() {
    return schedulingClass;
  }

  public void setSchedulingClass(SchedulingClass submitted) {
    schedulingClass = submitted;
  }

  public boolean mayRetry() {
    return maxRetries < 0 || attempt - excused < maxRetries;
  }

  /** Whether another attempt may begin though one has, if that one is excused. */
  boolean mayBeExcused() {
    return maxRetries != 0;
  }

  /** The attempt that ends does not count. */
  void excuse() {
    excused++;
  }

  /** The next attempt begins: answers to earlier ones no longer count. */
  public void nextAttempt() {
    attempt++;
    spec = null;
  }

  /** A worker gave it back, since it could not get the arguments; returns the sum by now. */
  int countSetbacks(int weight) {
    setbacks += weight;
    return setbacks;
  }

  /** Values as they are pushed, null where a reference is not resolved. */
  public @Nullable TaskArgument[] arguments() {
    return arguments;
  }

  /** The entries that were resolved, or are to be; null where the program gave a value. */
  public @Nullable ObjectEntry[] references() {
    return references;
  }

  /** Entries whose references are inside the values. */
  public List<ObjectEntry> contained() {
    return contained;
  }

  /**
   * What is inside the values of the references, as the task sends them; each retained once for the
   * task, since such an object may be freed while the task is under way.
   */
  List<ObjectEntry> inside() {
    return inside;
  }

  /** From now on its arguments are counted as such, for people. Idempotent. Loop only. */
  void beginUse() {
    if (!isUsing) {
      isUsing = true;
      countUses(1);
    }
  }

  /** It is over, and still has its arguments. Idempotent. Loop only. */
  void endUse() {
    if (isUsing) {
      isUsing = false;
      countUses(-1);
    }
  }

  private void countUses(int change) {
    for (ObjectEntry entry : references) {
      if (entry != null) {
        entry.ownership().addArgumentUses(change);
      }
    }
    for (ObjectEntry entry : contained) {
      entry.ownership().addArgumentUses(change);
    }
  }

  int unresolved() {
    return unresolved;
  }

  void setUnresolved(int count) {
    unresolved = count;
    // What is resolved now may be elsewhere than before.
    spec = null;
  }

  /** The task as it is pushed. All arguments are resolved. */
  public TaskSpec spec() {
    TaskSpec known = spec;
    if (known != null) {
      return known;
    }
    TaskSpec.Builder builder =
        TaskSpec.newBuilder()
            .setSequence(sequence())
            .setAttempt(attempt)
            .setFunction(target.number())
            .setName(name);
    for (int i = 0; i < arguments.length; i++) {
      TaskArgument argument = argument(i);
      if (argument == null) {
        throw new IllegalStateException("pushed before its arguments are resolved: task=" + name);
      }
      builder.addArguments(argument);
    }
    TaskSpec built = builder.build();
    spec = built;
    return built;
  }

  /** Where a stored argument is may have changed since it was resolved. */
  private @Nullable TaskArgument argument(int position) {
    ObjectEntry reference = references[position];
    return reference != null && reference.outcome() instanceof Outcome.Stored stored
        ? TaskArgument.newBuilder().setStored(stored.object()).build()
        : arguments[position];
  }
}
