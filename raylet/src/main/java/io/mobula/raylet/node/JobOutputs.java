package io.mobula.raylet.node;

import java.util.HashMap;
import java.util.Map;

/**
 * Which outputs of which job's workers may still bring something, and who listens. Owner thread:
 * the raylet's loop.
 *
 * <p>A job's output is over when the job has ended and both outputs of each of its workers have:
 * then the listener is told, so that a driver that closes knows when it has everything. A worker's
 * outputs outlive it for a moment, and those of a job the job.
 */
final class JobOutputs {
  private static final int OUTPUTS_OF_WORKER = 2;

  private final Map<Integer, Job> jobs = new HashMap<>();
  private final Map<Integer, Worker> workers = new HashMap<>();

  /** Tells a driver that it has all that its job's workers on this node wrote. */
  interface Listeners {
    void outputEnded(int job, long listener, boolean isCut);
  }

  private static final class Job {
    final int id;
    long listener;
    int openOutputs;
    boolean hasEnded;
    boolean isCut;

    Job(int id) {
      this.id = id;
    }
  }

  private static final class Worker {
    final Job job;
    int openOutputs = OUTPUTS_OF_WORKER;

    Worker(Job job) {
      this.job = job;
    }
  }

  private final Listeners listeners;

  JobOutputs(Listeners listeners) {
    this.listeners = listeners;
  }

  /**
   * A worker is being started, which has two outputs.
   *
   * @param listener the job's driver; 0 if it does not want them
   */
  void opened(int worker, int job, long listener) {
    Job known = jobs.computeIfAbsent(job, Job::new);
    known.listener = listener;
    known.openOutputs += OUTPUTS_OF_WORKER;
    workers.put(worker, new Worker(known));
  }

  /**
   * Everything from one of the worker's outputs has been sent.
   *
   * @param isCut or all that was waited for
   */
  void ended(int worker, boolean isCut) {
    Worker known = workers.get(worker);
    if (known != null) {
      known.job.isCut |= isCut;
    }
    closed(worker, 1);
  }

  /** The worker could not be started. */
  void neverOpened(int worker) {
    closed(worker, OUTPUTS_OF_WORKER);
  }

  /**
   * The job is over. Each further word of that is answered, too.
   *
   * @param listener its driver; 0 if it does not want to know
   */
  void jobEnded(int job, long listener) {
    Job known = jobs.computeIfAbsent(job, Job::new);
    known.hasEnded = true;
    known.listener = listener;
    settle(known);
  }

  /** Who listens to the worker's outputs; 0 if nobody does. */
  long listener(int worker) {
    Worker known = workers.get(worker);
    return known == null ? 0 : known.job.listener;
  }

  /** Whether an output of any worker may still bring something. */
  boolean isAnyOpen() {
    return !workers.isEmpty();
  }

  /** Whether nothing is open; for invariant checks. */
  boolean isEmpty() {
    return jobs.isEmpty() && workers.isEmpty();
  }

  private void closed(int worker, int outputs) {
    Worker known = workers.get(worker);
    if (known == null) {
      return;
    }
    known.openOutputs -= outputs;
    known.job.openOutputs -= outputs;
    if (known.openOutputs == 0) {
      workers.remove(worker);
    }
    settle(known.job);
  }

  private void settle(Job job) {
    if (job.openOutputs > 0 || (job.isCut && !job.hasEnded)) {
      // That something was cut is said at the job's end.
      return;
    }
    jobs.remove(job.id);
    if (job.hasEnded && job.listener != 0) {
      listeners.outputEnded(job.id, job.listener, job.isCut);
    }
  }
}
