package io.mobula.driver;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorState;
import io.mobula.proto.ClusterSnapshot;
import io.mobula.proto.JobPhase;
import io.mobula.proto.JobState;
import io.mobula.proto.NodePhase;
import io.mobula.proto.NodeState;
import io.mobula.proto.Resources;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A cluster at one moment, in plain values: what {@code mobula status} shows. Immutable. */
public record ClusterStatus(
    String clusterId, List<Node> nodes, List<Job> jobs, List<Actor> actors) {
  private static final double UNITS = 10_000;

  /**
   * A node.
   *
   * @param retainedWorkers of the workers, those that have nothing to do and stay for what they own
   * @param startedAtMillis since the epoch
   */
  public record Node(
      int number,
      String host,
      String address,
      boolean isHead,
      boolean isAlive,
      String deathReason,
      long pid,
      Map<String, Double> total,
      Map<String, Double> available,
      long storeUsedBytes,
      long storeCapacityBytes,
      int workers,
      int retainedWorkers,
      int queuedLeases,
      long startedAtMillis) {}

  /** A driver's program. */
  public record Job(
      int id, String entrypoint, boolean isRunning, long driverPid, long startedAtMillis) {}

  /** An actor. */
  public record Actor(
      String id, String className, String name, String phase, int node, long pid, int restarts) {}

  static ClusterStatus of(ClusterSnapshot snapshot) {
    return new ClusterStatus(
        Long.toHexString(snapshot.getClusterId()),
        snapshot.getNodesList().stream().map(ClusterStatus::node).toList(),
        snapshot.getJobsList().stream().map(ClusterStatus::job).toList(),
        snapshot.getActorsList().stream().map(ClusterStatus::actor).toList());
  }

  private static Node node(NodeState state) {
    return new Node(
        state.getDescription().getNumber(),
        state.getDescription().getHostName(),
        state.getDescription().getRpcAddress(),
        state.getDescription().getIsHead(),
        state.getPhase() == NodePhase.NODE_ALIVE,
        state.getDeathReason(),
        state.getDescription().getPid(),
        amounts(state.getDescription().getTotal()),
        amounts(state.getAvailable()),
        state.getStoreUsedBytes(),
        state.getDescription().getStoreCapacityBytes(),
        state.getWorkers(),
        state.getRetainedWorkers(),
        state.getQueuedLeases(),
        state.getStartedAtMillis());
  }

  private static Job job(JobState state) {
    return new Job(
        state.getId(),
        state.getConfig().getEntrypoint(),
        state.getPhase() == JobPhase.JOB_RUNNING,
        state.getConfig().getDriverPid(),
        state.getStartedAtMillis());
  }

  private static Actor actor(ActorState state) {
    return new Actor(
        ObjectKey.of(state.getId()).toString(),
        state.getClassName(),
        state.getName(),
        state.getPhase().name(),
        ProcessAddress.node(state.getWorker()),
        state.getPid(),
        state.getRestarts());
  }

  private static Map<String, Double> amounts(Resources resources) {
    Map<String, Double> amounts = new TreeMap<>();
    resources.getAmountsMap().forEach((name, units) -> amounts.put(name, units / UNITS));
    return amounts;
  }
}
