package io.mobula.raylet.lease;

import java.util.List;
import java.util.Map;

/**
 * The node's resources: all of them, and what is free. Owned by {@link LeaseTable}. CPU alone may
 * become negative, when blocked tasks go on; nothing is granted that needs CPU until it is not.
 */
final class LeaseResources {
  private final ResourceSet total;
  private ResourceSet free;

  LeaseResources(ResourceSet total) {
    this.total = total;
    this.free = total;
  }

  ResourceSet total() {
    return total;
  }

  ResourceSet free() {
    return free;
  }

  void take(ResourceSet resources) {
    free = free.minus(resources);
  }

  void give(ResourceSet resources) {
    free = free.plus(resources);
  }

  /** The names of what a request needs more of than is free. */
  List<String> lacking(ResourceSet request) {
    return request.amounts().entrySet().stream()
        .filter(wanted -> wanted.getValue() > free.amount(wanted.getKey()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
