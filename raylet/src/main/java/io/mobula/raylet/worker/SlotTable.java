package io.mobula.raylet.worker;

import io.mobula.proto.FailureKind;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.worker.JobWorkers.SlotWanted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which lease is in which worker's slot, and which waits for one. Owned by {@link WorkerPool}.
 *
 * <p>Invariant: a lease is in one place only. It waits in its job, or is in exactly one slot of a
 * worker that exists; it may be put into a slot of a worker that starts, and is told of it when
 * that runs.
 */
final class SlotTable {
  private final WorkerRoster workers;
  private final WorkerEffects effects;
  private final Map<Long, PooledWorker> bySlot = new LinkedHashMap<>();
  private final Map<Long, JobWorkers> byWaiting = new LinkedHashMap<>();

  SlotTable(WorkerRoster workers, WorkerEffects effects) {
    this.workers = workers;
    this.effects = effects;
  }

  /** A lease waits. */
  void await(JobWorkers job, SlotWanted wanted) {
    job.add(wanted);
    byWaiting.put(wanted.lease(), job);
  }

  /** A lease waits no more, or leaves its slot; returns whose slot it left, if it had one. */
  @Nullable PooledWorker release(long lease, long nowNanos) {
    JobWorkers waitsIn = byWaiting.remove(lease);
    if (waitsIn != null) {
      waitsIn.remove(lease);
    }
    PooledWorker worker = bySlot.remove(lease);
    if (worker != null) {
      worker.leases.remove(lease);
      if (worker.isIdle()) {
        worker.idle(IdleState.Event.VACATED, nowNanos);
      }
    }
    return worker;
  }

  /** Gives free slots to the job's leases that wait for that kind, oldest first. */
  void assign(JobWorkers job, LeaseKind kind) {
    List<PooledWorker> free = new ArrayList<>(workers.of(job.job, kind));
    free.removeIf(worker -> !worker.hasFreeSlot());
    if (free.isEmpty()) {
      return;
    }
    for (SlotWanted wanted : job.waiting(kind)) {
      Optional<PooledWorker> fit = free.stream().filter(worker -> worker.suits(wanted)).findFirst();
      if (fit.isPresent()) {
        occupy(job, wanted, fit.get());
        if (!fit.get().hasFreeSlot()) {
          free.remove(fit.get());
        }
      }
      if (free.isEmpty()) {
        return;
      }
    }
  }

  /** A lease that waits gets a slot of that worker. */
  void occupy(JobWorkers job, SlotWanted wanted, PooledWorker worker) {
    job.remove(wanted.lease());
    byWaiting.remove(wanted.lease());
    bySlot.put(wanted.lease(), worker);
    worker.leases.add(wanted.lease());
    worker.occupied();
    if (worker.state() == WorkerState.READY) {
      effects.slotReady(wanted.lease(), worker.start.number());
    }
  }

  /** A worker that started runs: the leases in its slots are told. */
  void opened(PooledWorker worker) {
    for (long lease : worker.leases) {
      effects.slotReady(lease, worker.start.number());
    }
  }

  /**
   * A worker has never run: the leases in its slots wait for another.
   *
   * @param job the worker's; null if it has ended, and they with it
   */
  void requeue(PooledWorker worker, @Nullable JobWorkers job) {
    for (long lease : List.copyOf(worker.leases)) {
      worker.leases.remove(lease);
      bySlot.remove(lease);
      if (job == null) {
        effects.slotFailed(
            lease, FailureKind.SESSION_CLOSED, "the job has ended: job=" + worker.start.job());
      } else {
        await(job, new SlotWanted(lease, worker.start.kind(), worker.start.name(), worker.wish));
      }
    }
  }

  /** A worker is dead: its slots are gone. */
  void closed(PooledWorker worker) {
    for (long lease : worker.leases) {
      bySlot.remove(lease);
    }
    worker.leases.clear();
  }

  /** All leases that wait in the job wait in vain. */
  void failWaiting(JobWorkers job, FailureKind kind, String message) {
    for (SlotWanted wanted : job.takeAll()) {
      byWaiting.remove(wanted.lease());
      effects.slotFailed(wanted.lease(), kind, message);
    }
  }

  /** Verifies the invariant. */
  void check() {
    int slots = 0;
    for (PooledWorker worker : workers.all()) {
      slots += worker.leases.size();
      for (long lease : worker.leases) {
        if (bySlot.get(lease) != worker || byWaiting.containsKey(lease)) {
          throw new IllegalStateException("lease not where it should be: lease=" + lease);
        }
      }
      if (worker.leases.size() > worker.slotCount || worker.state() == WorkerState.DEAD) {
        throw new IllegalStateException("worker: " + worker.start + ", state=" + worker.state());
      }
    }
    if (slots != bySlot.size()) {
      throw new IllegalStateException(
          "slots that are taken: of workers=" + slots + ", known=" + bySlot.size());
    }
  }
}
