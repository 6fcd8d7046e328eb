package io.mobula.gcs;

import io.mobula.gcs.state.ResourceAmounts;
import io.mobula.proto.Resources;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Chooses a node for an actor: of those that have room now, the one whose scarcest resource is
 * least used; of equals, the one with the fewest actors; then the lowest number. Pure.
 */
final class ActorPlacementPolicy {
  private ActorPlacementPolicy() {}

  /**
   * A node that may be chosen.
   *
   * @param available free and not promised to another actor
   * @param actorCount actors that live or will live there
   */
  record Candidate(int number, Resources total, Resources available, int actorCount) {
    double load() {
      return ResourceAmounts.load(total, available);
    }
  }

  /** Empty: the actor has to wait. */
  static Optional<Integer> choose(Resources request, Collection<Candidate> candidates) {
    return candidates.stream()
        .filter(candidate -> ResourceAmounts.fits(request, candidate.available()))
        .min(
            Comparator.comparingDouble(Candidate::load)
                .thenComparingInt(Candidate::actorCount)
                .thenComparingInt(Candidate::number))
        .map(Candidate::number);
  }
}
