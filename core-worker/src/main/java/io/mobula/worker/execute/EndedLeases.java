package io.mobula.worker.execute;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The leases that have ended at this worker, so that what is pushed on them late makes no slot that
 * nobody would ever revoke. Owner thread: the core worker's loop.
 *
 * <p>A raylet uses no lease's number twice. A push is under way for seconds at most, so the last
 * ones are enough.
 */
final class EndedLeases {
  static final int REMEMBERED_MAX = 4_096;

  private final Set<Long> ended = new LinkedHashSet<>();

  void add(long lease) {
    ended.add(lease);
    if (ended.size() > REMEMBERED_MAX) {
      ended.remove(ended.iterator().next());
    }
  }

  boolean contains(long lease) {
    return ended.contains(lease);
  }
}
