package io.mobula.raylet.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The requests that wait for resources, in order. Owned by {@link LeaseTable}.
 *
 * <h2>How it works</h2>
 *
 * <p>Requests of one scheduling class are served first come, first served. Classes are tried in the
 * order of their oldest request. A younger request of another class may pass an older one that does
 * not fit, so that the node is not idle while a big request waits; but once the older one has
 * waited {@link #PASSING_MAX_NANOS}, nothing passes it that takes a resource that it lacks. So big
 * requests get their turn as soon as the leases that were granted before them end.
 */
final class LeaseQueue {
  /** How long younger requests may pass a waiting one. */
  static final long PASSING_MAX_NANOS = 1_000_000_000L;

  /** Decides about the oldest request of a class. */
  interface Trial {
    /**
     * Whether the request left the queue; false if it waits on.
     *
     * @param mayRunHere false while an older request has a better right to this node's resources
     */
    boolean leaves(Lease lease, boolean mayRunHere);
  }

  private final Map<LeaseRequest.SchedulingClass, ArrayDeque<Lease>> classes =
      new LinkedHashMap<>();
  private int size;

  int size() {
    return size;
  }

  void add(Lease lease) {
    classes
        .computeIfAbsent(lease.request.schedulingClass(), ignored -> new ArrayDeque<>())
        .addLast(lease);
    size++;
  }

  void remove(Lease lease) {
    LeaseRequest.SchedulingClass key = lease.request.schedulingClass();
    ArrayDeque<Lease> queue = classes.get(key);
    if (queue != null && queue.remove(lease)) {
      size--;
      if (queue.isEmpty()) {
        classes.remove(key);
      }
    }
  }

  List<Lease> all() {
    List<Lease> all = new ArrayList<>(size);
    classes.values().forEach(all::addAll);
    return all;
  }

  /** Offers the oldest request of each class, oldest first, until nothing more leaves. */
  void serve(LeaseResources resources, long nowNanos, Trial trial) {
    PriorityQueue<ArrayDeque<Lease>> heads =
        new PriorityQueue<>(Comparator.comparingLong(queue -> queue.getFirst().number));
    heads.addAll(classes.values());
    Set<String> reserved = new HashSet<>();
    while (!heads.isEmpty()) {
      ArrayDeque<Lease> queue = heads.remove();
      Lease oldest = queue.getFirst();
      if (trial.leaves(oldest, !overlaps(oldest, reserved))) {
        queue.removeFirst();
        size--;
        if (queue.isEmpty()) {
          classes.remove(oldest.request.schedulingClass());
        } else {
          heads.add(queue);
        }
      } else if (nowNanos - oldest.arrivedNanos >= PASSING_MAX_NANOS) {
        reserved.addAll(resources.lacking(oldest.request.resources()));
      }
    }
  }

  private static boolean overlaps(Lease lease, Set<String> reserved) {
    return lease.request.resources().amounts().keySet().stream().anyMatch(reserved::contains);
  }
}
