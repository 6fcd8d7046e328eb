package io.mobula.raylet.worker;

import io.mobula.proto.FailureKind;
import io.mobula.raylet.lease.LeaseKind;
import io.mobula.raylet.lease.LeaseRequest;
import io.mobula.raylet.worker.HeapPolicy.HeapWish;
import io.mobula.raylet.worker.JobWorkers.SlotWanted;
import io.mobula.raylet.worker.WorkerState.Event;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * The node's worker processes and their slots. The raylet's loop owns it; it is deterministic:
 * events and the time go in, effects come out through {@link WorkerEffects}. Call {@link #onTime}
 * at {@link #nextDeadlineNanos()}.
 *
 * <h2>How it works</h2>
 *
 * <p>Leases ask for slots. A SHARED lease takes a slot of any shared worker of its job, the oldest
 * first; a PROCESS lease takes an idle process worker whose heap suits it; an ACTOR lease is bound
 * to a process of its own. Who finds none waits, and a process is started for each that the
 * starting ones will not serve, within the limits. Idle workers end after a while, unless they are
 * needed for what they own, but a job keeps one shared worker warm while it lives, once it had one.
 *
 * <p>{@link SlotTable} knows who waits and who has which slot; {@link WorkerStarts} starts what is
 * missing; {@link Retirements} ends what is idle. This class follows the processes and the jobs.
 *
 * <p>A start that fails is repeated after a pause; the third failure in a row (the twelfth if some
 * were killed) is reported to all who wait, with the last lines that the process wrote. {@link
 * WorkerState} draws a worker's life.
 *
 * <p>Invariant: a lease either waits in its job or is in exactly one slot of a living worker.
 * {@link #check()} verifies it. Duplicates: events of workers that are dead are ignored.
 */
public final class WorkerPool {
  /** How long a lost worker's other sign of death is waited for. */
  static final long LOST_GRACE_NANOS = 100_000_000L;

  /** How long a slot is wanted for a job that the GCS has not told of. */
  static final long UNKNOWN_JOB_NANOS = 10_000_000_000L;

  private final WorkerLimits limits;
  private final WorkerEffects effects;
  private final WorkerRoster workers = new WorkerRoster();
  private final Map<Integer, JobWorkers> jobs = new LinkedHashMap<>();
  private final SlotTable slots;
  private final WorkerStarts starts;
  private final Retirements retirements;

  /**
   * Makes a pool without workers.
   *
   * @param numbers the next process number of the node at each call
   */
  public WorkerPool(WorkerLimits limits, IntSupplier numbers, WorkerEffects effects) {
    this.limits = limits;
    this.effects = effects;
    this.slots = new SlotTable(workers, effects);
    this.starts = new WorkerStarts(limits, numbers, workers, slots, effects);
    this.retirements = new Retirements(limits, workers, effects, this::isKeptWarm, this::end);
  }

  /** Processes that exist. */
  public int workerCount() {
    return workers.size();
  }

  /** Those of them that have nothing to do and stay for what they own. */
  public int retainedCount() {
    return workers.retainedCount();
  }

  /** Whether that worker has nothing to do and stays for what it owns. */
  public boolean isRetained(int number) {
    PooledWorker worker = workers.find(number);
    return worker != null && worker.isRetained();
  }

  /**
   * The GCS told of a running job.
   *
   * @param prestart whether a worker should be there before anybody asks
   */
  public void jobStarted(int job, boolean prestart, long nowNanos) {
    JobWorkers known = job(job);
    if (known.phase == JobWorkers.Phase.UNKNOWN) {
      known.phase = JobWorkers.Phase.KNOWN;
      known.unknownDeadlineNanos = PooledWorker.NEVER;
      known.wantsWarmWorker = prestart;
      pump(nowNanos);
    }
  }

  /** The job's class path is usable. */
  public void classPathReady(int job, long nowNanos) {
    JobWorkers known = jobs.get(job);
    if (known != null && known.phase == JobWorkers.Phase.PREPARING) {
      known.phase = JobWorkers.Phase.READY;
      pump(nowNanos);
    }
  }

  /** The job can't run here: those who wait are told, and so are all who ask later. */
  public void classPathFailed(int job, FailureKind kind, String message) {
    JobWorkers known = jobs.get(job);
    if (known != null && known.phase == JobWorkers.Phase.PREPARING) {
      known.phase = JobWorkers.Phase.FAILED;
      known.failureKind = kind;
      known.failureMessage = message;
      slots.failWaiting(known, kind, message);
    }
  }

  /** The job is over: its workers end. Its waiting leases have been refused by the lease table. */
  public void jobEnded(int job, String reason, long nowNanos) {
    JobWorkers known = jobs.remove(job);
    if (known != null) {
      known.phase = JobWorkers.Phase.ENDED;
      slots.failWaiting(known, FailureKind.SESSION_CLOSED, "the job has ended: job=" + job);
    }
    endAll(worker -> worker.start.job() == job, "job has ended: " + reason, nowNanos);
  }

  /** The raylet ends: all workers end, and none is started any more. */
  public void close(String reason, long nowNanos) {
    starts.close();
    endAll(worker -> true, reason, nowNanos);
  }

  /**
   * A lease wants a slot.
   *
   * @param request the lease's
   */
  public void wantSlot(long lease, LeaseRequest request, long nowNanos) {
    JobWorkers known = job(request.job());
    if (known.phase == JobWorkers.Phase.FAILED) {
      effects.slotFailed(lease, known.failureKind, known.failureMessage);
      return;
    }
    if (known.phase == JobWorkers.Phase.UNKNOWN
        && known.unknownDeadlineNanos == PooledWorker.NEVER) {
      known.unknownDeadlineNanos = nowNanos + UNKNOWN_JOB_NANOS;
    }
    HeapWish wish = limits.heaps().wish(request.kind(), request.resources());
    slots.await(known, new SlotWanted(lease, request.kind(), request.name(), wish));
    pump(nowNanos);
  }

  /** The lease has ended or no longer wants a slot. */
  public void releaseSlot(long lease, long nowNanos) {
    PooledWorker worker = slots.release(lease, nowNanos);
    if (worker != null && worker.start.kind() == LeaseKind.ACTOR) {
      end(worker, "its actor is no longer wanted", nowNanos);
    }
    pump(nowNanos);
  }

  /** The process runs. */
  public void launched(int number, long pid) {
    PooledWorker worker = workers.find(number);
    if (worker != null) {
      worker.pid = pid;
    }
  }

  /** The process could not be started. */
  public void launchFailed(int number, String message, long nowNanos) {
    PooledWorker worker = workers.find(number);
    if (worker != null) {
      boolean isFailedStart = worker.isStarting();
      worker.on(Event.LAUNCH_FAILED);
      worker.reason = message;
      bury(worker, isFailedStart, nowNanos);
    }
  }

  /** Whether a process of that number is starting. */
  public boolean mayRegister(int number) {
    PooledWorker worker = workers.find(number);
    return worker != null && worker.isStarting();
  }

  /** The job that the process works for; 0 if there is no such process. */
  public int jobOf(int number) {
    PooledWorker worker = workers.find(number);
    return worker == null ? 0 : worker.start.job();
  }

  /** The class of the actor that lives in a worker; empty if it runs tasks. */
  public String actorOf(int number) {
    PooledWorker worker = workers.find(number);
    return worker == null || worker.start.kind() != LeaseKind.ACTOR ? "" : worker.start.name();
  }

  /**
   * The process dialled.
   *
   * @return whether it is wanted; if not, its link is to be refused
   */
  public boolean registered(int number, long pid, long nowNanos) {
    PooledWorker worker = workers.find(number);
    if (worker == null || !worker.isStarting()) {
      return false;
    }
    worker.on(Event.REGISTERED);
    worker.pid = pid;
    JobWorkers known = job(worker.start.job());
    known.started();
    known.nextStartNanos = 0;
    if (worker.leases.isEmpty()) {
      worker.idle(IdleState.Event.VACATED, nowNanos);
    }
    slots.opened(worker);
    pump(nowNanos);
    return true;
  }

  /** The link to the process closed. */
  public void linkClosed(int number, String reason, long nowNanos) {
    PooledWorker worker = workers.find(number);
    if (worker != null) {
      if (worker.state() == WorkerState.READY) {
        worker.reason = "its link broke: " + reason;
      }
      signOfDeath(worker, Event.LINK_CLOSED, nowNanos);
    }
  }

  /**
   * The process is gone.
   *
   * @param status for people: exit code or signal, and its last lines if it never registered
   */
  public void exited(int number, String status, long nowNanos) {
    PooledWorker worker = workers.find(number);
    if (worker == null) {
      return;
    }
    boolean isFailedStart = worker.isStarting();
    boolean isKnownWhy = worker.isExpected || worker.state() == WorkerState.KILLED;
    worker.reason = isKnownWhy ? worker.reason + " (" + status + ")" : status;
    signOfDeath(worker, Event.EXITED, nowNanos);
    if (worker.state() == WorkerState.DEAD) {
      bury(worker, isFailedStart, nowNanos);
    }
  }

  /**
   * A worker says whether it may end.
   *
   * @param question what it was asked with
   * @param reason why it is needed, for people
   */
  public void retirementAnswered(
      int number, long question, boolean isNeeded, String reason, long nowNanos) {
    PooledWorker worker = workers.find(number);
    if (worker != null) {
      retirements.answered(worker, question, isNeeded, reason, nowNanos);
      pump(nowNanos);
    }
  }

  /** Somebody wants that process to end. */
  public void endWorker(int number, String reason, long nowNanos) {
    PooledWorker worker = workers.find(number);
    if (worker != null) {
      end(worker, reason, nowNanos);
    }
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} if never. */
  public long nextDeadlineNanos() {
    long next = PooledWorker.NEVER;
    for (PooledWorker worker : workers.all()) {
      next = Math.min(next, worker.deadlineNanos);
      next = Math.min(next, retirements.nextDeadlineNanos(worker));
    }
    for (JobWorkers job : jobs.values()) {
      next = Math.min(next, job.unknownDeadlineNanos);
      next = Math.min(next, starts.nextStartNanos(job));
    }
    return next;
  }

  /** Time went on. */
  public void onTime(long nowNanos) {
    for (PooledWorker worker : workers.all()) {
      if (worker.deadlineNanos <= nowNanos) {
        timeIsUp(worker, nowNanos);
      } else {
        retirements.onTime(worker, nowNanos);
      }
    }
    for (JobWorkers job : List.copyOf(jobs.values())) {
      if (job.unknownDeadlineNanos <= nowNanos) {
        jobs.remove(job.job);
        slots.failWaiting(job, FailureKind.NOT_FOUND, "no such job: job=" + job.job);
      }
    }
    pump(nowNanos);
  }

  /** Verifies the invariants; for tests and for the state dump of a broken daemon. */
  public void check() {
    slots.check();
    if (workers.size() > 2L * limits.workersMax() + jobs.size()) {
      throw new IllegalStateException("too many workers: workers=" + workers.size());
    }
  }

  private void signOfDeath(PooledWorker worker, Event event, long nowNanos) {
    boolean isWaitedFor = worker.state() == WorkerState.LOST;
    if (isWaitedFor && worker.hasExited() == (event == Event.EXITED)) {
      return;
    }
    long deadlineNanos = worker.deadlineNanos;
    worker.on(event);
    switch (worker.state()) {
      case LOST -> worker.deadlineNanos = nowNanos + LOST_GRACE_NANOS;
      case ENDING -> worker.deadlineNanos = deadlineNanos;
      case DEAD -> {
        if (event == Event.LINK_CLOSED) {
          bury(worker, false, nowNanos);
        }
      }
      case STARTING, READY, KILLED -> {}
    }
  }

  private void timeIsUp(PooledWorker worker, long nowNanos) {
    switch (worker.state()) {
      case STARTING -> {
        worker.on(Event.START_TIMED_OUT);
        worker.reason =
            "it did not register in time: seconds=" + limits.startTimeoutNanos() / 1_000_000_000L;
        effects.kill(worker.start.number());
        startFailed(worker, nowNanos);
      }
      case LOST -> {
        if (worker.hasExited()) {
          worker.on(Event.GRACE_PASSED);
          bury(worker, false, nowNanos);
        } else {
          worker.on(Event.LINGERED);
          effects.kill(worker.start.number());
        }
      }
      case ENDING -> {
        worker.on(Event.GRACE_PASSED);
        effects.kill(worker.start.number());
      }
      case READY, KILLED, DEAD ->
          throw new IllegalStateException("worker: time is up, state=" + worker.state());
    }
  }

  private void end(PooledWorker worker, String reason, long nowNanos) {
    boolean isStarting = worker.state() == WorkerState.STARTING;
    if (isStarting || worker.state() == WorkerState.READY) {
      worker.isExpected = true;
      worker.reason = reason;
      worker.on(Event.END_WANTED);
      worker.deadlineNanos = nowNanos + limits.endGraceNanos();
      if (isStarting) {
        // It runs no user code that could end in order, and a JVM that is asked to end while it
        // starts complains of it.
        effects.kill(worker.start.number());
      } else {
        effects.terminate(worker.start.number());
      }
    }
  }

  private void endAll(Predicate<PooledWorker> which, String reason, long nowNanos) {
    workers.all().stream().filter(which).forEach(worker -> end(worker, reason, nowNanos));
  }

  /**
   * The worker is dead: its leases end with it, unless it never ran; then they wait for another.
   */
  private void bury(PooledWorker worker, boolean isFailedStart, long nowNanos) {
    workers.remove(worker);
    if (isFailedStart) {
      startFailed(worker, nowNanos);
    } else if (!worker.leases.isEmpty() && !worker.death().wasRegistered()) {
      slots.requeue(worker, jobs.get(worker.start.job()));
    }
    slots.closed(worker);
    effects.died(worker.death());
    pump(nowNanos);
  }

  private void startFailed(PooledWorker worker, long nowNanos) {
    JobWorkers known = jobs.get(worker.start.job());
    slots.requeue(worker, known);
    if (known == null) {
      return;
    }
    int failures = known.startFailed(ExitStatus.isKill(worker.reason), nowNanos);
    if (failures > 0) {
      known.wantsWarmWorker = false;
      slots.failWaiting(
          known,
          FailureKind.WORKER_START_FAILED,
          "a worker process of job "
              + known.job
              + " did not start, "
              + failures
              + " times in a row: "
              + worker.reason);
    }
  }

  /** Gives free slots to those who wait, then starts what is missing. */
  private void pump(long nowNanos) {
    for (JobWorkers job : List.copyOf(jobs.values())) {
      if (job.phase == JobWorkers.Phase.KNOWN && (job.isAnyoneWaiting() || job.wantsWarmWorker)) {
        job.phase = JobWorkers.Phase.PREPARING;
        effects.prepareClassPath(job.job);
      }
      if (job.phase == JobWorkers.Phase.READY) {
        slots.assign(job, LeaseKind.SHARED);
        slots.assign(job, LeaseKind.PROCESS);
      }
    }
    starts.startMissing(jobs.values(), nowNanos);
  }

  /** A job keeps one shared worker while it lives. */
  private boolean isKeptWarm(PooledWorker worker) {
    return jobs.containsKey(worker.start.job()) && workers.isLastShared(worker);
  }

  private JobWorkers job(int job) {
    return jobs.computeIfAbsent(job, JobWorkers::new);
  }
}
