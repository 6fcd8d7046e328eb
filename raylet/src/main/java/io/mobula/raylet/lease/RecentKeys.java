package io.mobula.raylet.lease;

import java.util.LinkedHashSet;

/**
 * The requests whose leases ended last, so that a late duplicate is not granted again. Bounded: the
 * oldest goes.
 */
final class RecentKeys {
  private static final int KEPT_MAX = 8_192;

  private final LinkedHashSet<LeaseRequest.Key> keys = new LinkedHashSet<>();

  void add(LeaseRequest.Key key) {
    keys.addLast(key);
    if (keys.size() > KEPT_MAX) {
      keys.removeFirst();
    }
  }

  boolean contains(LeaseRequest.Key key) {
    return keys.contains(key);
  }
}
