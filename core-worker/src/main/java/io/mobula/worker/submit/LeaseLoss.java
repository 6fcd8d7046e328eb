package io.mobula.worker.submit;

import io.mobula.proto.Failure;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.WorkerEnd;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.submit.BlamePolicy.Verdict;

/**
 * How a lease was lost with tasks in flight on it. Immutable.
 *
 * @param end of its worker; nothing is recorded if the whole node is gone
 * @param isNodeGone whether the node is dead or out of reach
 */
record LeaseLoss(WorkerEnd end, boolean isNodeGone) {
  /** The raylet has told all that it knows. */
  static LeaseLoss ofWorker(WorkerEnd end) {
    return new LeaseLoss(end, false);
  }

  /** The worker is dead, and nobody has told what it was doing. */
  static LeaseLoss ofWorker(long worker, ProcessDied death) {
    return new LeaseLoss(unrecorded(worker, death), false);
  }

  /** The node is dead, or out of reach. */
  static LeaseLoss ofNode(long worker, ProcessDied death) {
    return new LeaseLoss(unrecorded(worker, death), true);
  }

  Verdict verdict(PendingTask task) {
    return isNodeGone
        ? BlamePolicy.ofNode()
        : BlamePolicy.ofWorker(end, task.sequence(), task.attempt());
  }

  /** What a task fails with that may not run again. */
  Failure failure(PendingTask task) {
    int attempts = task.attempt() - task.excused();
    return Failures.workerDied(
        task.name(),
        verdict(task) == Verdict.NOT_STARTED ? attempts : attempts + 1,
        task.excused(),
        end,
        company(task));
  }

  private String company(PendingTask task) {
    if (isNodeGone) {
      return "its node is dead or out of reach, so whether it had started is not known";
    }
    if (!end.getIsRecorded()) {
      return "whether it had started is not known";
    }
    if (verdict(task) == Verdict.NOT_STARTED) {
      return "it had not started there, nor in any other of "
          + task.lostPushes()
          + " workers that it was given to";
    }
    int others = BlamePolicy.others(end, task.sequence(), task.attempt());
    if (!BlamePolicy.isRunning(end, task.sequence(), task.attempt())) {
      return "it had ended there, but its answer was lost; tasks running in that worker=" + others;
    }
    return others == 0
        ? "it was alone in that worker"
        : "it was one of " + (others + 1) + " tasks running in that worker";
  }

  private static WorkerEnd unrecorded(long worker, ProcessDied death) {
    return WorkerEnd.newBuilder()
        .setWorker(worker)
        .setPid(death.getPid())
        .setHostName(death.getHostName())
        .setReason(death.getReason())
        .setIsExpected(death.getIsExpected())
        .build();
  }
}
