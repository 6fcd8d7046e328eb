package io.mobula.worker.lineage;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished task, with all that is needed to run it again. Owner thread: the core worker's loop.
 */
final class KeptTask {
  /** What a task takes beyond its values, about: this object, its key in the table, its name. */
  private static final long OVERHEAD_BYTES = 256;

  private static final long REFERENCE_BYTES = 48;

  private final ObjectKey key;
  private final RemoteTarget target;
  private final String name;
  private final SchedulingClass schedulingClass;
  private final int maxRetries;
  private final @Nullable TaskArgument[] values;
  private final @Nullable Dependency[] references;
  private final List<Dependency> contained;
  private final long sizeBytes;
  private int attempt;
  private int excused;
  private int dependents;
  private boolean isResultAlive = true;

  /**
   * @param task over, and not yet let go
   * @param values the arguments that were resolved to values, null where there is a reference
   */
  KeptTask(
      PendingTask task,
      SchedulingClass schedulingClass,
      @Nullable TaskArgument[] values,
      @Nullable Dependency[] references,
      List<Dependency> contained) {
    this.key = task.result().key();
    this.target = task.target();
    this.name = task.name();
    this.schedulingClass = schedulingClass;
    this.maxRetries = task.maxRetries();
    this.attempt = task.attempt();
    this.excused = task.excused();
    this.values = values;
    this.references = references;
    this.contained = contained;
    this.sizeBytes = measure(values, references.length + contained.size());
  }

  ObjectKey key() {
    return key;
  }

  RemoteTarget target() {
    return target;
  }

  String name() {
    return name;
  }

  SchedulingClass schedulingClass() {
    return schedulingClass;
  }

  int maxRetries() {
    return maxRetries;
  }

  @Nullable TaskArgument[] values() {
    return values;
  }

  @Nullable Dependency[] references() {
    return references;
  }

  List<Dependency> contained() {
    return contained;
  }

  /** What it needs, of either kind. */
  List<Dependency> dependencies() {
    List<Dependency> all = new ArrayList<>(contained);
    for (Dependency reference : references) {
      if (reference != null) {
        all.add(reference);
      }
    }
    return all;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** The last attempt that began. */
  int attempt() {
    return attempt;
  }

  /** Of these, those that don't count. */
  int excused() {
    return excused;
  }

  void setAttempt(int begun, int excusedOfThem) {
    attempt = begun;
    excused = excusedOfThem;
  }

  boolean mayRunAgain() {
    return maxRetries < 0 || attempt - excused < maxRetries;
  }

  /** Whether an entry of its result is in the table. */
  boolean isResultAlive() {
    return isResultAlive;
  }

  void setResultAlive(boolean alive) {
    isResultAlive = alive;
  }

  /** Kept tasks that need its result. */
  int dependents() {
    return dependents;
  }

  void addDependents(int more) {
    dependents += more;
  }

  private static long measure(@Nullable TaskArgument[] values, int references) {
    long bytes = OVERHEAD_BYTES + references * REFERENCE_BYTES;
    for (TaskArgument value : values) {
      bytes += value == null ? 0 : value.getSerializedSize();
    }
    return bytes;
  }
}
