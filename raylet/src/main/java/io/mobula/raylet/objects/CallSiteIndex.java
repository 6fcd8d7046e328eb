package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which line of user code made which object, as its creator said. Belongs to one thread.
 *
 * <p>Objects go in many ways, so none of them tells this index: when it has doubled, it forgets
 * those that are not known any more. So it has at most twice as many entries as there are objects.
 */
final class CallSiteIndex {
  static final int LENGTH_MAX = 200;

  private static final int SWEEP_MIN = 1_024;

  private final Map<ObjectKey, String> callSites = new HashMap<>();
  private int sweepAt = SWEEP_MIN;

  /**
   * Notes where an object is from; an empty text says nothing.
   *
   * @return whether it is time for {@link #keepOnly}
   */
  boolean add(ObjectKey key, String callSite) {
    if (!callSite.isEmpty()) {
      callSites.put(key, callSite.substring(0, Math.min(LENGTH_MAX, callSite.length())));
    }
    return callSites.size() >= sweepAt;
  }

  /** Forgets all objects but these. */
  void keepOnly(Set<ObjectKey> known) {
    callSites.keySet().retainAll(known);
    sweepAt = Math.max(SWEEP_MIN, 2 * callSites.size());
  }

  /** Where an object is from; empty if nobody said. */
  String find(ObjectKey key) {
    return callSites.getOrDefault(key, "");
  }

  /** How many texts it keeps. */
  int size() {
    return callSites.size();
  }
}
