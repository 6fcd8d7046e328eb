package io.mobula.gcs;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ObjectId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Requests of the GCS to raylets and workers that wait for an answer: a refusal carries nothing but
 * the request's number. Bounded by the number of actors that start. Owner thread: the GCS's loop.
 */
final class OpenPlacements {
  private final Map<Long, Request> requests = new HashMap<>();
  private long lastCorrelation;

  /**
   * PlaceActor (addressee a raylet) or ConstructActor (addressee a worker).
   *
   * @param addressee who was asked
   */
  record Request(long addressee, ObjectId actor, int incarnation) {
    boolean isPlacement() {
      return ProcessAddress.isRaylet(addressee);
    }
  }

  /** Notes a request; returns its number. */
  long add(Request request) {
    lastCorrelation++;
    requests.put(lastCorrelation, request);
    return lastCorrelation;
  }

  /** Ends a request; empty if it was none of that addressee's. */
  Optional<Request> remove(long correlation, long addressee) {
    Request request = requests.get(correlation);
    if (request == null || request.addressee != addressee) {
      return Optional.empty();
    }
    requests.remove(correlation);
    return Optional.of(request);
  }

  void removeDead(long dead) {
    requests.values().removeIf(request -> ProcessAddress.diesWith(request.addressee, dead));
  }

  int count() {
    return requests.size();
  }
}
