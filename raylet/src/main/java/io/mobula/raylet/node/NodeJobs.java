package io.mobula.raylet.node;

import io.mobula.proto.JobConfig;
import io.mobula.proto.JobPhase;
import io.mobula.proto.JobState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The jobs that run in the cluster, as the GCS tells. Owner thread: the raylet's loop. */
final class NodeJobs {
  private final NodeEvents events;
  private final Map<Integer, JobConfig> running = new HashMap<>();

  NodeJobs(NodeEvents events) {
    this.events = events;
  }

  /** Idempotent: the GCS repeats itself when a link was opened anew. */
  void update(JobState state) {
    if (state.getPhase() == JobPhase.JOB_RUNNING) {
      if (running.put(state.getId(), state.getConfig()) == null) {
        events.add(new NodeEvent.JobStarted(state.getId()));
      }
    } else if (state.getPhase() == JobPhase.JOB_ENDED) {
      running.remove(state.getId());
      events.add(
          new NodeEvent.JobEnded(state.getId(), state.getEndReason(), listener(state.getConfig())));
    }
  }

  /** The driver that wants what the job's workers write; 0 if nobody does. */
  long listener(int job) {
    JobConfig config = running.get(job);
    return config == null ? 0 : listener(config);
  }

  @Nullable JobConfig find(int job) {
    return running.get(job);
  }

  /** The job whose driver that is; 0 if none. */
  int ofDriver(long driver) {
    return running.entrySet().stream()
        .filter(job -> job.getValue().getDriver() == driver)
        .mapToInt(Map.Entry::getKey)
        .findFirst()
        .orElse(0);
  }

  boolean isRecordingCallSites(int job) {
    JobConfig config = running.get(job);
    return config != null && config.getRecordCallSites();
  }

  /** Options of the JVMs of the job's workers. */
  List<String> workerJvmOptions(int job) {
    JobConfig config = running.get(job);
    return config == null ? List.of() : config.getWorkerJvmOptionsList();
  }

  String namespace(int job) {
    JobConfig config = running.get(job);
    return config == null ? "" : config.getNamespace();
  }

  private static long listener(JobConfig config) {
    return config.getLogToDriver() ? config.getDriver() : 0;
  }
}
