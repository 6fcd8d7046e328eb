package io.mobula.raylet.route;

import io.mobula.agent.id.ProcessAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who sent to whom over one link, so that the senders can be told when it breaks: what they sent
 * may be lost. Bounded: beyond {@link #PAIRS_MAX} pairs only the senders are kept, with the peer's
 * raylet (so its whole node) as addressee.
 */
final class Conversations {
  static final int PAIRS_MAX = 100_000;

  private final Map<Long, Set<Long>> addresseesOf = new LinkedHashMap<>();
  private int pairs;

  void note(long from, long to) {
    Set<Long> addressees = addresseesOf.computeIfAbsent(from, ignored -> new LinkedHashSet<>());
    long noted = pairs < PAIRS_MAX ? to : ProcessAddress.rayletOf(to);
    if (addressees.add(noted)) {
      pairs++;
    }
  }

  Map<Long, Set<Long>> all() {
    return addresseesOf;
  }
}
