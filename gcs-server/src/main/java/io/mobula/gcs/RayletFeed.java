package io.mobula.gcs;

import io.mobula.gcs.ActorSubscriptions.Subscription;
import io.mobula.proto.ProcessDied;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one raylet has not been told yet. States are kept by id, so a raylet that is slow or away
 * finds the latest state of each and no queue; deaths are kept one by one, up to a limit beyond
 * which the raylet is too slow to live with. Owner thread: the GCS's loop.
 */
final class RayletFeed {
  static final int DEATH_COUNT_MAX = 100_000;

  private final Set<Integer> nodes = new LinkedHashSet<>();
  private final Set<Integer> jobs = new LinkedHashSet<>();
  private final Set<Subscription> actors = new LinkedHashSet<>();
  private final ArrayDeque<ProcessDied> deaths = new ArrayDeque<>();
  private boolean isUrgent;

  /** What was gathered. */
  record Content(
      List<Integer> nodes,
      List<Integer> jobs,
      List<ProcessDied> deaths,
      List<Subscription> actors) {
    boolean hasUpdate() {
      return !nodes.isEmpty() || !jobs.isEmpty() || !deaths.isEmpty();
    }
  }

  void addNode(int number) {
    nodes.add(number);
    isUrgent = true;
  }

  /** The node's load changed: that can wait for the next interval. */
  void addLoad(int number) {
    nodes.add(number);
  }

  void addJob(int id) {
    jobs.add(id);
    isUrgent = true;
  }

  void addActor(Subscription subscription) {
    actors.add(subscription);
    isUrgent = true;
  }

  void addDeath(ProcessDied death) {
    deaths.addLast(death);
    isUrgent = true;
  }

  boolean isOverflowing() {
    return deaths.size() > DEATH_COUNT_MAX;
  }

  boolean isUrgent() {
    return isUrgent;
  }

  boolean isEmpty() {
    return nodes.isEmpty() && jobs.isEmpty() && actors.isEmpty() && deaths.isEmpty();
  }

  /** Takes everything. */
  Content drain() {
    Content content =
        new Content(
            List.copyOf(nodes), List.copyOf(jobs), new ArrayList<>(deaths), List.copyOf(actors));
    nodes.clear();
    jobs.clear();
    actors.clear();
    deaths.clear();
    isUrgent = false;
    return content;
  }
}
