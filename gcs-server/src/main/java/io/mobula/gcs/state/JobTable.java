package io.mobula.gcs.state;

import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.JobConfig;
import io.mobula.proto.JobPhase;
import io.mobula.proto.JobState;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs by id; an id is given once. */
public final class JobTable {
  private final HistoryTable<Integer, JobState> jobs;
  private int lastId;

  JobTable(StateLimits limits) {
    jobs = new HistoryTable<>(limits.historyCountMax());
  }

  /** Jobs that run. */
  public Collection<JobState> running() {
    return jobs.living();
  }

  /** A job that runs. */
  public Optional<JobState> findRunning(int id) {
    return Optional.ofNullable(jobs.living(id));
  }

  /** A job that runs, or is remembered. */
  public Optional<JobState> find(int id) {
    return Optional.ofNullable(jobs.find(id));
  }

  /** The remembered ended ones, then those that run. */
  public List<JobState> all() {
    return jobs.all();
  }

  Optional<JobState> findByDriver(long driver) {
    return jobs.living().stream().filter(job -> job.getConfig().getDriver() == driver).findFirst();
  }

  int add(JobConfig config, long nowMillis) {
    lastId++;
    jobs.put(
        lastId,
        JobState.newBuilder()
            .setId(lastId)
            .setPhase(JobPhase.JOB_RUNNING)
            .setConfig(config)
            .setStartedAtMillis(nowMillis)
            .build());
    return lastId;
  }

  /** Null if it had ended already. */
  @Nullable JobState end(int id, String reason, long nowMillis) {
    JobState job = jobs.living(id);
    if (job == null) {
      return null;
    }
    JobState ended =
        job.toBuilder()
            .setPhase(JobPhase.JOB_ENDED)
            .setEndReason(reason)
            .setEndedAtMillis(nowMillis)
            .build();
    jobs.bury(id, ended);
    return ended;
  }

  void save(GcsSnapshot.Builder snapshot) {
    snapshot.setLastJobId(lastId).addAllJobs(jobs.all());
  }

  void restore(GcsSnapshot snapshot) {
    lastId = snapshot.getLastJobId();
    for (JobState job : snapshot.getJobsList()) {
      if (job.getPhase() == JobPhase.JOB_RUNNING) {
        jobs.put(job.getId(), job);
      } else {
        jobs.bury(job.getId(), job);
      }
    }
  }
}
