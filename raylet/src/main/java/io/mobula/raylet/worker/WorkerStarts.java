package io.mobula.raylet.worker;

import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.ResourceSet;
import io.mobula.raylet.worker.JobWorkers.SlotWanted;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the processes that are missing, within the limits. Owned by {@link WorkerPool}.
 *
 * <p>A process is missing if somebody waits in a job whose class path is usable: free slots have
 * been given out before, those of starting workers too. So each start is followed by giving out its
 * slots, and whoever waits then needs yet another. Jobs take turns, a process at a time.
 */
final class WorkerStarts {
  private final WorkerLimits limits;
  private final IntSupplier numbers;
  private final WorkerRoster workers;
  private final SlotTable slots;
  private final WorkerEffects effects;
  private boolean isClosed;

  /**
   * @param numbers the next process number of the node at each call
   */
  WorkerStarts(
      WorkerLimits limits,
      IntSupplier numbers,
      WorkerRoster workers,
      SlotTable slots,
      WorkerEffects effects) {
    this.limits = limits;
    this.numbers = numbers;
    this.workers = workers;
    this.slots = slots;
    this.effects = effects;
  }

  /** None is started any more. */
  void close() {
    isClosed = true;
  }

  /** Starts what is missing and may be started now. */
  void startMissing(Collection<JobWorkers> jobs, long nowNanos) {
    boolean hasStarted = true;
    while (hasStarted && mayStart()) {
      hasStarted = false;
      for (JobWorkers job : jobs) {
        if (mayStart() && nowNanos >= job.nextStartNanos) {
          hasStarted |= startOne(job, nowNanos);
        }
      }
    }
  }

  /**
   * When a process is to be started for the job; {@link PooledWorker#NEVER} if it needs none or the
   * limits are reached.
   */
  long nextStartNanos(JobWorkers job) {
    return mayStart() && next(job) != null ? job.nextStartNanos : PooledWorker.NEVER;
  }

  private boolean mayStart() {
    return !isClosed
        && workers.size() - workers.retainedCount() < limits.workersMax()
        && workers.startingCount() < limits.concurrentStartsMax();
  }

  private boolean startOne(JobWorkers job, long nowNanos) {
    SlotWanted wanted = next(job);
    if (wanted == null) {
      return false;
    }
    long heapBytes = limits.heaps().grant(wanted.wish(), workers.heapBytes());
    WorkerStart start =
        new WorkerStart(numbers.getAsInt(), job.job, wanted.kind(), wanted.name(), heapBytes);
    PooledWorker worker =
        new PooledWorker(
            start,
            limits.slots(wanted.kind()),
            wanted.wish(),
            nowNanos + limits.startTimeoutNanos());
    workers.add(worker);
    if (wanted.kind() == LeaseKind.ACTOR) {
      slots.occupy(job, wanted, worker);
    } else {
      slots.assign(job, wanted.kind());
    }
    effects.launch(start);
    return true;
  }

  /** For whom the job's next process would be; null if it needs none. */
  private @Nullable SlotWanted next(JobWorkers job) {
    if (job.phase != JobWorkers.Phase.READY) {
      return null;
    }
    for (LeaseKind kind : LeaseKind.values()) {
      List<SlotWanted> waiting = job.waiting(kind);
      if (!waiting.isEmpty()) {
        SlotWanted first = waiting.getFirst();
        return kind == LeaseKind.ACTOR ? first : new SlotWanted(0, kind, "task", first.wish());
      }
    }
    boolean isCold = job.wantsWarmWorker && workers.of(job.job, LeaseKind.SHARED).isEmpty();
    return isCold
        ? new SlotWanted(
            0, LeaseKind.SHARED, "task", limits.heaps().wish(LeaseKind.SHARED, ResourceSet.NONE))
        : null;
  }
}
