package io.mobula.raylet.worker;

import io.mobula.raylet.lease.LeaseKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The worker processes that exist, oldest first. Owned by {@link WorkerPool}. */
final class WorkerRoster {
  private final Map<Integer, PooledWorker> workers = new LinkedHashMap<>();

  void add(PooledWorker worker) {
    workers.put(worker.start.number(), worker);
  }

  void remove(PooledWorker worker) {
    workers.remove(worker.start.number());
  }

  @Nullable PooledWorker find(int number) {
    return workers.get(number);
  }

  int size() {
    return workers.size();
  }

  /** A copy, so that workers may come and go meanwhile. */
  List<PooledWorker> all() {
    return List.copyOf(workers.values());
  }

  /** What their heaps may take together. */
  long heapBytes() {
    return workers.values().stream().mapToLong(worker -> worker.start.heapBytes()).sum();
  }

  int startingCount() {
    return (int) workers.values().stream().filter(PooledWorker::isStarting).count();
  }

  /** Those that have nothing to do and stay for what they own. */
  int retainedCount() {
    return (int) workers.values().stream().filter(PooledWorker::isRetained).count();
  }

  /** Running workers first, then those that start; each group the oldest first. */
  List<PooledWorker> of(int job, LeaseKind kind) {
    List<PooledWorker> running = new ArrayList<>();
    List<PooledWorker> starting = new ArrayList<>();
    for (PooledWorker worker : workers.values()) {
      if (worker.start.job() == job && worker.start.kind() == kind) {
        (worker.isStarting() ? starting : running).add(worker);
      }
    }
    running.addAll(starting);
    return running;
  }

  /** Whether it is the only shared worker of its job that runs. */
  boolean isLastShared(PooledWorker worker) {
    return worker.start.kind() == LeaseKind.SHARED
        && of(worker.start.job(), LeaseKind.SHARED).stream()
            .noneMatch(other -> other != worker && other.state() == WorkerState.READY);
  }
}
