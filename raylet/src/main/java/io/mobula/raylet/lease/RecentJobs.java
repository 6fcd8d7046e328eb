package io.mobula.raylet.lease;

import java.util.LinkedHashSet;

/** The jobs that ended last, so that a late request is refused. Bounded: the oldest goes. */
final class RecentJobs {
  private static final int KEPT_MAX = 8_192;

  private final LinkedHashSet<Integer> jobs = new LinkedHashSet<>();

  void add(int job) {
    jobs.addLast(job);
    if (jobs.size() > KEPT_MAX) {
      jobs.removeFirst();
    }
  }

  boolean contains(int job) {
    return jobs.contains(job);
  }
}
